# check_install.cmake: installs BUILD into the new folder PREFIX and runs the program there.
file(REMOVE_RECURSE ${PREFIX})
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${PREFIX}
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
file(GLOB_RECURSE found RELATIVE ${PREFIX} ${PREFIX}/*)
list(SORT found)
set(wanted "bin/lockstep;share/doc/lockstep/LICENSE")
if(NOT found STREQUAL wanted)
  message(FATAL_ERROR "installed: ${found}; expected: ${wanted}")
endif()
execute_process(COMMAND ${PREFIX}/bin/lockstep --version WORKING_DIRECTORY /
  OUTPUT_VARIABLE version COMMAND_ERROR_IS_FATAL ANY)
if(NOT version MATCHES "^Lockstep [0-9]")
  message(FATAL_ERROR "the installed program says: ${version}")
endif()
file(REMOVE_RECURSE ${PREFIX})
