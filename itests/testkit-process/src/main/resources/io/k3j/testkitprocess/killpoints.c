/* Kills the Java process that loads it before its n-th change of names or sync of a file, the cache of the framework
   left out; n is KILL_AT. Counted is from when the file KILL_FROM is there, if given; and with KILL_IN only what has that
   text in its path, but also each file that is made or emptied and each write. Programs that it starts are not killed:
   the file it runs is asked, since bin/k3s gives Java another name, and etcd does not use the C library for its files
   anyway. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static atomic_long calls;

static int java(void) {
    char program[4096];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    program[length < 0 ? 0 : length] = 0;
    return length >= 5 && strcmp(program + length - 5, "/java") == 0;
}

static void point(const char *path) {
    const char *in = getenv("KILL_IN"), *from = getenv("KILL_FROM"), *at = getenv("KILL_AT");
    int before = errno;
    if (at != NULL && strstr(path, "/bundles/fw-") == NULL && (in == NULL || strstr(path, in) != NULL)
            && (from == NULL || access(from, F_OK) == 0) && java()
            && atomic_fetch_add(&calls, 1) + 1 == atol(at)) {
        dprintf(2, "killed before a change of %s\n", path);
        kill(getpid(), SIGKILL);
        pause();
    }
    errno = before;
}

static void open_point(int file) {
    char link[32], path[4096];
    ssize_t length;
    if (getenv("KILL_IN") == NULL) {
        return point("");
    }
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    length = readlink(link, path, sizeof path - 1);
    path[length < 0 ? 0 : length] = 0;
    point(path);
}

#define POINT(name, path, parameters, arguments) \
    int name parameters { point(path); return ((int (*) parameters) dlsym(RTLD_NEXT, #name)) arguments; }
#define FILE_POINT(name) \
    int name(int file) { open_point(file); return ((int (*)(int)) dlsym(RTLD_NEXT, #name))(file); }
#define OPEN_POINT(name) \
    int name(const char *path, int flags, ...) { \
        mode_t mode = 0; \
        if (flags & (O_CREAT | O_TMPFILE)) { \
            va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); \
        } \
        if ((flags & (O_CREAT | O_TRUNC)) && getenv("KILL_IN") != NULL) { \
            point(path); \
        } \
        return ((int (*)(const char *, int, ...)) dlsym(RTLD_NEXT, #name))(path, flags, mode); }

POINT(rename, to, (const char *from, const char *to), (from, to))
POINT(renameat, to, (int a, const char *from, int b, const char *to), (a, from, b, to))
POINT(link, to, (const char *from, const char *to), (from, to))
POINT(symlink, from, (const char *to, const char *from), (to, from))
POINT(unlink, path, (const char *path), (path))
POINT(unlinkat, path, (int at, const char *path, int flags), (at, path, flags))
POINT(rmdir, path, (const char *path), (path))
POINT(mkdir, path, (const char *path, mode_t mode), (path, mode))
POINT(chmod, path, (const char *path, mode_t mode), (path, mode))
FILE_POINT(fsync)
FILE_POINT(fdatasync)
OPEN_POINT(open)
OPEN_POINT(open64)

ssize_t write(int file, const void *bytes, size_t count) {
    static ssize_t (*real)(int, const void *, size_t);
    if (real == NULL) {
        real = (ssize_t (*)(int, const void *, size_t)) dlsym(RTLD_NEXT, "write");
    }
    if (getenv("KILL_IN") != NULL) {
        open_point(file);
    }
    return real(file, bytes, count);
}
