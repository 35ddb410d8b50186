/* A disk that fails as it is told: preloaded before the C library, it answers for the calls that
 * touch files below one folder. What it is told stands in a file that every process maps, so that a
 * story changes the weather of a running program. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

/* As `faulty_disk.rs` writes it. */
struct control {
    _Atomic uint32_t error;     /* errno of the calls that fail; 0: none does */
    _Atomic uint32_t per_mille; /* how many of a thousand fail */
    _Atomic uint32_t calls;     /* which, as bits */
    _Atomic uint32_t thrown;    /* how many failed so far */
    _Atomic uint32_t limited;   /* whether `room` counts */
    _Atomic uint32_t unused;
    _Atomic int64_t room;       /* how many bytes all files together may still grow by */
};

enum { WRITES = 1, SYNCS = 2, MAKES = 4, READS = 8 };

static struct control *control;
static const char *under;
static size_t under_length;

__attribute__((constructor)) static void open_control(void) {
    int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
    const char *path = getenv("FAULTY_DISK_CONTROL");
    const char *folder = getenv("FAULTY_DISK_UNDER");
    if (!path || !folder) return;
    int fd = real(path, O_RDWR | O_CLOEXEC);
    if (fd < 0) return;
    void *at = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (at == MAP_FAILED) return;
    /* PostgreSQL writes its title over its environment. */
    under = strdup(folder);
    under_length = strlen(under);
    control = at;
}

static int is_ours(const char *path) {
    return !strncmp(path, under, under_length) && (path[under_length] == '/' || !path[under_length]);
}

static int is_ours_fd(int fd) {
    char link[40], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n <= 0) return 0;
    path[n] = 0;
    return is_ours(path);
}

static int throws(uint32_t call) {
    if (!control || !control->error || !(control->calls & call)) return 0;
    static _Atomic uint64_t state = 1;
    uint64_t z = atomic_fetch_add(&state, 0x9e3779b97f4a7c15u) ^ ((uint64_t)getpid() << 32);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (z ^ (z >> 31)) % 1000 < control->per_mille;
}

static int fail(int with) {
    atomic_fetch_add(&control->thrown, 1);
    errno = with;
    return -1;
}

static int fails_on(uint32_t call, int fd) {
    if (!throws(call) || !is_ours_fd(fd)) return 0;
    fail((int)control->error);
    return 1;
}

static int fails_at(uint32_t call, const char *path) {
    if (!throws(call) || !is_ours(path)) return 0;
    fail((int)control->error);
    return 1;
}

/* How much of `n` bytes at `offset` a full disk takes: what lies within the file already, or what
 * there is room for. Negative: nothing. */
static ssize_t fits(int fd, size_t n, off64_t offset) {
    struct stat64 is;
    if (!control || !control->limited || !n || !is_ours_fd(fd) || fstat64(fd, &is)
        || !S_ISREG(is.st_mode))
        return (ssize_t)n;
    int64_t grows = offset + (int64_t)n - is.st_size;
    if (grows <= 0) return (ssize_t)n;
    if (atomic_fetch_sub(&control->room, grows) >= grows) return (ssize_t)n;
    atomic_fetch_add(&control->room, grows);
    if (is.st_size > offset) return is.st_size - offset;
    return fail(ENOSPC);
}

#define REAL(kind, name, ...) \
    static kind (*real)(__VA_ARGS__); \
    if (!real) real = dlsym(RTLD_NEXT, name)

#define PWRITE(name) \
    ssize_t name(int fd, const void *bytes, size_t n, off64_t offset) { \
        REAL(ssize_t, #name, int, const void *, size_t, off64_t); \
        if (fails_on(WRITES, fd)) return -1; \
        ssize_t some = fits(fd, n, offset); \
        return some < 0 ? -1 : real(fd, bytes, (size_t)some, offset); \
    }
PWRITE(pwrite)
PWRITE(pwrite64)

static off64_t end_of(int fd) {
    struct stat64 is;
    if (fcntl(fd, F_GETFL) & O_APPEND) return fstat64(fd, &is) ? 0 : is.st_size;
    return lseek64(fd, 0, SEEK_CUR);
}

ssize_t write(int fd, const void *bytes, size_t n) {
    REAL(ssize_t, "write", int, const void *, size_t);
    if (fails_on(WRITES, fd)) return -1;
    ssize_t some = control && control->limited ? fits(fd, n, end_of(fd)) : (ssize_t)n;
    return some < 0 ? -1 : real(fd, bytes, (size_t)some);
}

#define PWRITEV(name) \
    ssize_t name(int fd, const struct iovec *parts, int count, off64_t offset) { \
        REAL(ssize_t, #name, int, const struct iovec *, int, off64_t); \
        if (fails_on(WRITES, fd)) return -1; \
        size_t n = 0; \
        for (int i = 0; i < count; i++) n += parts[i].iov_len; \
        ssize_t some = fits(fd, n, offset); \
        if (some < 0) return -1; \
        if ((size_t)some == n) return real(fd, parts, count, offset); \
        size_t first = parts[0].iov_len; \
        return pwrite64(fd, parts[0].iov_base, first < (size_t)some ? first : (size_t)some, offset); \
    }
PWRITEV(pwritev)
PWRITEV(pwritev64)

#define FALLOCATE(name) \
    int name(int fd, off64_t offset, off64_t n) { \
        REAL(int, #name, int, off64_t, off64_t); \
        if (fails_on(WRITES, fd)) return errno; \
        ssize_t some = fits(fd, (size_t)n, offset); \
        return some < 0 || some < n ? ENOSPC : real(fd, offset, n); \
    }
FALLOCATE(posix_fallocate)
FALLOCATE(posix_fallocate64)

#define TRUNCATE(name) \
    int name(int fd, off64_t n) { \
        REAL(int, #name, int, off64_t); \
        return fails_on(WRITES, fd) ? -1 : real(fd, n); \
    }
TRUNCATE(ftruncate)
TRUNCATE(ftruncate64)

#define SYNC(name) \
    int name(int fd) { \
        REAL(int, #name, int); \
        return fails_on(SYNCS, fd) ? -1 : real(fd); \
    }
SYNC(fsync)
SYNC(fdatasync)

#define PREAD(name) \
    ssize_t name(int fd, void *bytes, size_t n, off64_t offset) { \
        REAL(ssize_t, #name, int, void *, size_t, off64_t); \
        return fails_on(READS, fd) ? -1 : real(fd, bytes, n, offset); \
    }
PREAD(pread)
PREAD(pread64)

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        REAL(int, #name, const char *, int, ...); \
        int makes = (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE; \
        mode_t mode = 0; \
        if (makes) { \
            va_list more; \
            va_start(more, flags); \
            mode = va_arg(more, mode_t); \
            va_end(more); \
            if (access(path, F_OK) && fails_at(MAKES, path)) return -1; \
        } \
        return real(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)

int unlink(const char *path) {
    REAL(int, "unlink", const char *);
    return fails_at(MAKES, path) ? -1 : real(path);
}

int rename(const char *from, const char *to) {
    REAL(int, "rename", const char *, const char *);
    return fails_at(MAKES, to) ? -1 : real(from, to);
}

/* A program that asks how much is free is told what it will find. */
#define STATVFS(name, kind) \
    int name(const char *path, struct kind *is) { \
        REAL(int, #name, const char *, struct kind *); \
        int done = real(path, is); \
        if (!done && control && control->limited && is_ours(path)) { \
            int64_t room = control->room; \
            is->f_bfree = is->f_bavail = room > 0 ? (uint64_t)room / is->f_frsize : 0; \
        } \
        return done; \
    }
STATVFS(statvfs, statvfs)
STATVFS(statvfs64, statvfs64)
