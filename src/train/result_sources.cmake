# result_sources(OUT ROOT): the sources on which results depend, sorted and relative to ROOT: the
# rooms that load data, compute, decide and restore, and the schemas of jobs and checkpoints.
# A new source is in a CMakeLists.txt, so that CMake runs again.
function(result_sources out root)
  set(patterns proto/checkpoint.proto proto/job.proto proto/metric.proto proto/rule.proto)
  foreach(room numerics base records linalg comm data nn optim config checkpoint metrics model sets
               evaluate train)
    list(APPEND patterns src/${room}/*.cc src/${room}/*.h)
  endforeach()
  list(TRANSFORM patterns PREPEND ${root}/)
  file(GLOB found RELATIVE ${root} ${patterns})
  list(SORT found)
  set(${out} ${found} PARENT_SCOPE)
endfunction()
