# Writes a header that defines LOCKSTEP_SOURCES, a digest of the sources on which results depend:
#   cmake -DROOT=<source tree> -DHEADER=<file to write> -P sources_digest.cmake
# Comments count: a digest says that two builds have the same sources, not that they differ in bits.
include(${CMAKE_CURRENT_LIST_DIR}/result_sources.cmake)
result_sources(sources ${ROOT})
set(all "")
foreach(source IN LISTS sources)
  file(SHA256 ${ROOT}/${source} digest)
  string(APPEND all "${source} ${digest}\n")
endforeach()
string(SHA256 digest "${all}")
string(SUBSTRING ${digest} 0 16 digest)
file(WRITE ${HEADER} "#define LOCKSTEP_SOURCES \"${digest}\"\n")
