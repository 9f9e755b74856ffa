-- A module file for Lmod. UNTESTED: no test loads it. Install Lockstep first:
--
--   cmake --install build/release --prefix /opt/lockstep/0.1.0
--
-- Copy this file to modulefiles/lockstep/0.1.0.lua, and adapt the two paths and the name of
-- the module with the Open MPI that Lockstep was built with.
help([[Lockstep trains neural networks on CPU clusters over MPI.]])
whatis("Name: Lockstep")
whatis("Version: 0.1.0")

local prefix = "/opt/lockstep/0.1.0"
depends_on("openmpi/4.1")
prepend_path("PATH", pathJoin(prefix, "bin"))

-- Each product in double (gradient checks) uses one thread, because the program has threads of its own.
setenv("OPENBLAS_NUM_THREADS", "1")
-- Settings of Open MPI that this cluster needs, from cluster/real/openmpi-mca-params.conf.
setenv("OMPI_MCA_btl_tcp_eager_limit", "8388608")
setenv("OMPI_MCA_btl_tcp_rndv_eager_limit", "8388608")
