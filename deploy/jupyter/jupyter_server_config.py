"""What every JupyterLab of the image, or of a hub, is told."""

c = get_config()  # noqa: F821

# Our kernel alone: Python's would only tempt beside it.
c.KernelSpecManager.allowed_kernelspecs = {"rust-tp"}
c.KernelSpecManager.ensure_native_kernel = False

# A kernel that nobody uses gives its memory back. The score of a notebook is kept; its
# variables are not, so a break for lunch must be shorter than this.
c.MappingKernelManager.cull_idle_timeout = 2 * 3600
c.MappingKernelManager.cull_interval = 300
c.MappingKernelManager.cull_connected = True
