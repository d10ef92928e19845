"""What the workbench is compared with and no package has: each module is loaded by uWSGI."""
