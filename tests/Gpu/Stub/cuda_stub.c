// A stand-in for the CUDA driver, for machines without a card. It computes nothing: it logs launches, keeps the rules of stream capture,
// moves memory, and runs streams as late as it may (or one of them as early as it may), so that a missing wait shows in what is moved.
//
//   STUB_CUDA_LOG     file that receives a line for each call
//   STUB_CUDA_MEMORY  bytes of device memory            (80e9)
//   STUB_CUDA_ARCH    compute capability, such as 75    (90), or that of each card: 75,90
//   STUB_CUDA_INIT    what cuInit returns               (0)
//   STUB_CUDA_EAGER   number of a stream that runs at once, from 1; 0: none

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SUCCESS = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, ILLEGAL_ADDRESS = 700, CAPTURE_UNSUPPORTED = 900, CAPTURE_INVALIDATED = 901, CAPTURE_ISOLATION = 905 };

typedef struct op op;
typedef struct stream stream;
typedef struct { char name[512]; uint64_t text; } function;
typedef struct { op *first, *last; int launches, refs; } graph;
typedef struct { stream *on; long position; double at; int gone; } event;

struct op {
    op *next;
    enum { COPY, FILL, LAUNCH, WAIT, GRAPH } kind;
    void *to; const void *from; size_t bytes; int value;
    stream *other; long position;   // WAIT
    graph *run;                     // GRAPH
};

struct stream {
    int number, capturing, broken;
    pthread_t owner;
    graph *captured;
    op *first, *last;
    long queued, done;      // operations so far
};

static pthread_mutex_t gate;
static FILE *out;
static size_t memory, used;
static int archs[8], cards, eager, streams, failing, failing_with, failed, refusing, page_locked, init;
static __thread int bound;      // a context is current
static struct { char *at; size_t bytes; int host; } blocks[65536];
static int block_count;
static const void *watched[4];
static size_t watched_bytes[4];
static int watches;
static uint64_t last_seen;
static double clock_ms;   // a microsecond for each group that was launched
static stream *all_streams[256];

__attribute__((constructor)) static void start(void)
{
    pthread_mutexattr_t recursive;
    pthread_mutexattr_init(&recursive);
    pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&gate, &recursive);
    const char *path = getenv("STUB_CUDA_LOG"), *size = getenv("STUB_CUDA_MEMORY"), *cc = getenv("STUB_CUDA_ARCH"), *first = getenv("STUB_CUDA_EAGER"), *started = getenv("STUB_CUDA_INIT");
    out = path ? fopen(path, "w") : NULL;
    memory = size ? strtoull(size, NULL, 10) : 80000000000ull;
    for (char *at = strdup(cc ? cc : "90"); at && cards < 8; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) archs[cards++] = atoi(at);
    init = started ? atoi(started) : 0;
    eager = first ? atoi(first) : 0;
}

static void enter(void) { pthread_mutex_lock(&gate); }
static int leave(int error) { pthread_mutex_unlock(&gate); return error; }

#define LOG(...) do { if (out) { fprintf(out, __VA_ARGS__); fflush(out); } } while (0)
// a device that has failed fails in every call
#define BEGIN do { enter(); if (failed) return leave(failed); } while (0)

// what frees works on the calling thread's context
static void expect_bound(const char *call) { if (!bound) LOG("violation: %s without a context\n", call); }

static uint64_t hash(uint64_t h, const void *data, size_t n)
{
    for (const unsigned char *p = data; n--; p++) h = (h ^ *p) * 1099511628211ull;
    return h;
}

static const uint64_t basis = 14695981039346656037ull;

// ---- memory

static int find(const void *p)
{
    for (int i = 0; i < block_count; i++)
        if (blocks[i].at && (const char *)p >= blocks[i].at && (const char *)p < blocks[i].at + blocks[i].bytes) return i;
    return -1;
}

static void *take(size_t bytes, int host)
{
    char *p = aligned_alloc(256, (bytes + 511) / 256 * 256);
    memset(p, 0xAB, bytes);
    blocks[block_count].at = p;
    blocks[block_count].bytes = bytes;
    blocks[block_count++].host = host;
    return p;
}

static void drop(void *p)
{
    int i = find(p);
    if (i < 0) return;
    if (!blocks[i].host) used -= blocks[i].bytes;
    blocks[i].at = NULL;
    free(p);
}

// ---- streams

static stream *capturing_here(void)
{
    for (int i = 0; i < streams; i++)
        if (all_streams[i]->capturing && pthread_equal(all_streams[i]->owner, pthread_self())) return all_streams[i];
    return NULL;
}

// A call that capture does not allow breaks the capture of this thread.
static int forbidden(const char *call)
{
    stream *s = capturing_here();
    if (!s) return SUCCESS;
    LOG("violation %s\n", call);
    s->broken = 1;
    return CAPTURE_UNSUPPORTED;
}

static void look(void)
{
    if (!watches) return;
    uint64_t h = basis;
    for (int i = 0; i < watches; i++) h = hash(h, watched[i], watched_bytes[i]);
    if (h != last_seen) LOG("seen %016llx\n", (unsigned long long)h);
    last_seen = h;
}

static void run_until(stream *s, long position);

static void perform(const op *o)
{
    switch (o->kind) {
    case COPY: memcpy(o->to, o->from, o->bytes); break;
    case FILL: memset(o->to, o->value, o->bytes); break;
    case LAUNCH: look(); break;
    case WAIT: run_until(o->other, o->position); break;
    case GRAPH: for (op *i = o->run->first; i; i = i->next) perform(i); break;
    }
}

static void run_until(stream *s, long position)
{
    while (s->done < position && s->first) {
        op *o = s->first;
        s->first = o->next;
        if (!s->first) s->last = NULL;
        s->done++;
        perform(o);
        free(o);
    }
}

static int queue(stream *s, op o)
{
    op *copy = malloc(sizeof o);
    *copy = o;
    copy->next = NULL;
    if (s->capturing) {
        if (s->broken) { free(copy); return CAPTURE_INVALIDATED; }
        graph *g = s->captured;
        if (g->last) g->last->next = copy; else g->first = copy;
        g->last = copy;
        if (o.kind == LAUNCH) g->launches++;
        return SUCCESS;
    }
    if (s->last) s->last->next = copy; else s->first = copy;
    s->last = copy;
    s->queued++;
    if (s->number == eager) run_until(s, s->queued);
    return SUCCESS;
}

int cuStreamCreate(stream **s, unsigned flags)
{
    BEGIN;
    *s = calloc(1, sizeof **s);
    all_streams[streams++] = *s;
    (*s)->number = streams;
    LOG("cuStreamCreate %d\n", (*s)->number);
    return leave(SUCCESS);
}

int cuStreamDestroy_v2(stream *s) { BEGIN; run_until(s, s->queued); return leave(SUCCESS); }

int cuStreamSynchronize(stream *s)
{
    BEGIN;
    LOG("cuStreamSynchronize %d\n", s ? s->number : 0);
    int error = forbidden("cuStreamSynchronize");
    if (!error && s) run_until(s, s->queued);
    return leave(error);
}

int cuCtxSynchronize(void)
{
    BEGIN;
    LOG("cuCtxSynchronize\n");
    int error = forbidden("cuCtxSynchronize");
    for (int i = 0; !error && i < streams; i++) run_until(all_streams[i], all_streams[i]->queued);
    return leave(error);
}

int cuStreamWaitEvent(stream *s, event *e, unsigned flags)
{
    BEGIN;
    LOG("cuStreamWaitEvent %d\n", s->number);
    if (s->capturing) { s->broken = 1; LOG("violation cuStreamWaitEvent\n"); return leave(CAPTURE_ISOLATION); }
    return leave(e->on ? queue(s, (op){ .kind = WAIT, .other = e->on, .position = e->position }) : SUCCESS);
}

// ---- events

int cuEventCreate(event **e, unsigned flags) { BEGIN; *e = calloc(1, sizeof **e); return leave(SUCCESS); }

// an event is kept, to see who destroys it twice
int cuEventDestroy_v2(event *e)
{
    BEGIN;
    expect_bound("cuEventDestroy");
    if (e->gone++) LOG("violation: cuEventDestroy of an event that is gone\n");
    return leave(SUCCESS);
}

int cuEventRecord(event *e, stream *s)
{
    BEGIN;
    LOG("cuEventRecord %d\n", s->number);
    if (s->capturing) { s->broken = 1; LOG("violation cuEventRecord\n"); return leave(CAPTURE_UNSUPPORTED); }
    e->on = s;
    e->position = s->queued;
    e->at = clock_ms;
    return leave(SUCCESS);
}

int cuEventElapsedTime(float *ms, event *a, event *b) { BEGIN; LOG("cuEventElapsedTime\n"); *ms = (float)(b->at - a->at); return leave(SUCCESS); }

int cuEventSynchronize(event *e)
{
    BEGIN;
    LOG("cuEventSynchronize\n");
    int error = forbidden("cuEventSynchronize");
    if (!error && e->on) run_until(e->on, e->position);
    return leave(error);
}

int cuEventQuery(event *e) { BEGIN; return leave(forbidden("cuEventQuery")); }

// ---- copies

static int move(const char *call, void *to, const void *from, size_t bytes, stream *s)
{
    BEGIN;
    int a = find(to), b = find(from);
    LOG("%s %zu %d\n", call, bytes, s ? s->number : 0);
    // memory of the host that is not page-locked: the driver copies at once, which a capture cannot record
    if (a < 0 || b < 0) {
        int error = forbidden("copy of pageable memory");
        if (error) return leave(error);
        if (s) run_until(s, s->queued);
        memcpy(to, from, bytes);
        return leave(SUCCESS);
    }
    return leave(queue(s, (op){ .kind = COPY, .to = to, .from = from, .bytes = bytes }));
}

int cuMemcpyAsync(void *to, void *from, size_t bytes, stream *s) { return move("cuMemcpyAsync", to, from, bytes, s); }
int cuMemcpyHtoDAsync_v2(void *to, void *from, size_t bytes, stream *s) { return move("cuMemcpyHtoDAsync", to, from, bytes, s); }
int cuMemcpyDtoHAsync_v2(void *to, void *from, size_t bytes, stream *s) { return move("cuMemcpyDtoHAsync", to, from, bytes, s); }

int cuMemsetD8Async(void *to, unsigned char value, size_t bytes, stream *s)
{
    BEGIN;
    LOG("cuMemsetD8Async %zu %d\n", bytes, s ? s->number : 0);
    if (!s) { memset(to, value, bytes); return leave(SUCCESS); }
    return leave(queue(s, (op){ .kind = FILL, .to = to, .value = value, .bytes = bytes }));
}

int cuMemAlloc_v2(void **p, size_t bytes)
{
    BEGIN;
    LOG("cuMemAlloc %zu\n", bytes);
    int error = forbidden("cuMemAlloc");
    if (!error && (used + bytes > memory || (refusing && --refusing == 0))) error = OUT_OF_MEMORY;
    if (error) return leave(error);
    used += bytes;
    *p = take(bytes, 0);
    return leave(SUCCESS);
}

int cuMemFree_v2(void *p) { BEGIN; LOG("cuMemFree\n"); int error = forbidden("cuMemFree"); if (!error) drop(p); return leave(error); }

int cuMemAllocHost_v2(void **p, size_t bytes)
{
    BEGIN;
    LOG("cuMemAllocHost %zu\n", bytes);
    int error = forbidden("cuMemAllocHost");
    if (!error && refusing && --refusing == 0) error = OUT_OF_MEMORY;
    if (error) return leave(error);
    page_locked++;
    *p = take(bytes, 1);
    return leave(SUCCESS);
}

int cuMemFreeHost(void *p) { BEGIN; expect_bound("cuMemFreeHost"); page_locked--; drop(p); return leave(SUCCESS); }

int cuMemGetInfo_v2(size_t *free_bytes, size_t *total) { BEGIN; *free_bytes = memory - used; *total = memory; return leave(SUCCESS); }

int cuPointerGetAttribute(void *value, int attribute, void *p) { *(int *)value = 2; return SUCCESS; }

// ---- modules and launches

int cuModuleLoadDataEx(void **module, const char *image, unsigned n, void *options, void *values)
{
    BEGIN;
    int error = forbidden("cuModuleLoadDataEx");
    if (error) return leave(error);
    *module = malloc(sizeof(uint64_t));
    *(uint64_t *)*module = hash(basis, image, strlen(image));
    LOG("cuModuleLoadDataEx %016llx\n", *(unsigned long long *)*module);
    return leave(SUCCESS);
}

// what is linked is a text; its code is the text's hash behind a word
static const char code_word[8] = "STANDIN";

int cuLinkCreate_v2(unsigned n, int *options, void **values, void **linker) { BEGIN; *linker = calloc(2, sizeof(uint64_t)); return leave(SUCCESS); }

int cuLinkAddData_v2(void *linker, int kind, void *data, size_t bytes, const char *name, unsigned n, int *options, void **values)
{
    BEGIN;
    if (kind != 1 || bytes < 1 || ((char *)data)[bytes - 1]) return leave(INVALID_VALUE);
    memcpy(linker, code_word, sizeof code_word);
    ((uint64_t *)linker)[1] = hash(basis, data, bytes - 1);
    return leave(SUCCESS);
}

int cuLinkComplete(void *linker, void **code, size_t *bytes)
{
    BEGIN;
    *code = linker;
    *bytes = 2 * sizeof(uint64_t);
    LOG("cuLinkComplete %016llx\n", ((unsigned long long *)linker)[1]);
    return leave(SUCCESS);
}

int cuLinkDestroy(void *linker) { free(linker); return SUCCESS; }

int cuModuleLoadData(void **module, const void *code)
{
    BEGIN;
    int error = forbidden("cuModuleLoadData");
    if (error) return leave(error);
    if (memcmp(code, code_word, sizeof code_word)) return leave(INVALID_VALUE);
    *module = malloc(sizeof(uint64_t));
    *(uint64_t *)*module = ((const uint64_t *)code)[1];
    LOG("cuModuleLoadData %016llx\n", *(unsigned long long *)*module);
    return leave(SUCCESS);
}

int cuModuleGetFunction(function **f, void *module, const char *name)
{
    BEGIN;
    *f = calloc(1, sizeof **f);
    snprintf((*f)->name, sizeof (*f)->name, "%s", name);
    (*f)->text = *(uint64_t *)module;
    return leave(SUCCESS);
}

int cuModuleUnload(void *module) { return SUCCESS; }

int cuFuncSetAttribute(function *f, int attribute, int value) { BEGIN; LOG("cuFuncSetAttribute %s %d %d\n", f->name, attribute, value); return leave(SUCCESS); }

int cuTensorMapEncodeTiled(
    void *map, int type, unsigned rank, void *address, const uint64_t *sizes, const uint64_t *strides, const unsigned *box, const unsigned *steps,
    int interleave, int swizzle, int promotion, int fill)
{
    BEGIN;
    if (find(address) < 0 || (uintptr_t)address % 16 || (uintptr_t)map % 64 || rank < 1 || rank > 5) return leave(INVALID_VALUE);
    for (unsigned i = 0; i < rank; i++)
        if (sizes[i] < 1 || box[i] < 1 || box[i] > 256 || (i + 1 < rank && strides[i] % 16)) return leave(INVALID_VALUE);
    if (swizzle == 3 && box[0] * 2 > 128) return leave(INVALID_VALUE);     // of bfloat16
    LOG("cuTensorMapEncodeTiled\n");
    memset(map, 0, 128);
    memcpy(map, &address, sizeof address);
    return leave(SUCCESS);
}

int cuLaunchKernel(function *f, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared, stream *s, void **arguments, void **extra)
{
    BEGIN;
    if (failing && --failing == 0) { failed = failing_with; return leave(failed); }
    if (gx == 0 || gy == 0 || gz == 0 || gy > 65535 || gz > 65535 || bx * by * bz == 0 || bx * by * bz > 1024) return leave(INVALID_VALUE);
    uint64_t h = extra ? hash(basis, extra[1], *(size_t *)extra[3]) : 0;
    LOG("%s %016llx %u %u %u  %u %u %u  %u  %d  %016llx %s\n", s->capturing ? "captured" : "launch",
        (unsigned long long)f->text, gx, gy, gz, bx, by, bz, shared, s->number, (unsigned long long)h, f->name);
    clock_ms += 1e-3 * gx * gy * gz;
    return leave(queue(s, (op){ .kind = LAUNCH }));
}

// ---- graphs

int cuStreamBeginCapture_v2(stream *s, int mode)
{
    BEGIN;
    LOG("cuStreamBeginCapture %d mode %d\n", s->number, mode);
    if (s->capturing) return leave(INVALID_VALUE);
    s->capturing = 1;
    s->broken = 0;
    s->owner = pthread_self();
    s->captured = calloc(1, sizeof(graph));
    s->captured->refs = 1;
    return leave(SUCCESS);
}

static void release(graph *g)
{
    if (--g->refs) return;
    while (g->first) { op *o = g->first; g->first = o->next; free(o); }
    free(g);
}

int cuStreamEndCapture(stream *s, graph **g)
{
    BEGIN;
    LOG("cuStreamEndCapture %d\n", s->number);
    s->capturing = 0;
    *g = NULL;
    if (s->broken) { release(s->captured); return leave(CAPTURE_INVALIDATED); }
    *g = s->captured;
    return leave(SUCCESS);
}

int cuGraphInstantiateWithFlags(graph **executable, graph *g, unsigned long long flags)
{
    BEGIN;
    LOG("cuGraphInstantiate %d\n", g->launches);
    g->refs++;
    *executable = g;
    return leave(forbidden("cuGraphInstantiate"));
}

int cuGraphLaunch(graph *g, stream *s)
{
    BEGIN;
    LOG("cuGraphLaunch %d %d\n", g->launches, s->number);
    return leave(queue(s, (op){ .kind = GRAPH, .run = g }));
}

int cuGraphDestroy(graph *g) { BEGIN; release(g); return leave(SUCCESS); }

int cuGraphExecDestroy(graph *g)
{
    BEGIN;
    LOG("cuGraphExecDestroy\n");
    expect_bound("cuGraphExecDestroy");
    for (int i = 0; i < streams; i++) run_until(all_streams[i], all_streams[i]->queued);
    release(g);
    return leave(SUCCESS);
}

// ---- device

int cuInit(unsigned flags) { return init; }
int cuDriverGetVersion(int *v) { *v = 13000; return SUCCESS; }
int cuDeviceGetCount(int *n) { *n = cards; return init; }
int cuDeviceGet(int *d, int ordinal) { *d = ordinal; return SUCCESS; }
int cuDeviceGetName(char *name, int length, int d) { snprintf(name, length, d ? "Stand-in card %d" : "Stand-in card", d); return SUCCESS; }
int cuDeviceTotalMem_v2(size_t *bytes, int d) { *bytes = memory >> d; return SUCCESS; }
int cuDeviceCanAccessPeer(int *yes, int a, int b) { *yes = 0; return SUCCESS; }
int cuCtxCreate_v2(void **c, unsigned flags, int d) { *c = (void *)1; bound = 1; return SUCCESS; }
int cuCtxDestroy_v2(void *c) { return SUCCESS; }
int cuCtxSetCurrent(void *c) { bound = c != NULL; return SUCCESS; }
int cuCtxGetSharedMemConfig(int *c) { *c = 0; return SUCCESS; }
int cuCtxGetCacheConfig(int *c) { *c = 0; return SUCCESS; }
int cuOccupancyMaxPotentialBlockSize(int *grid, int *block, void *f, void *callback, size_t shared, int limit) { *grid = 264; *block = 256; return SUCCESS; }
int cuOccupancyMaxActiveBlocksPerMultiprocessor(int *n, void *f, int block, size_t shared) { *n = 2; return SUCCESS; }

int cuDeviceGetAttribute(int *value, int attribute, int d)
{
    // number in cuda.h → value; what is not listed is 1024
    static const int known[][2] = {
        { 1, 1024 }, { 2, 1024 }, { 3, 64 }, { 4, 64 }, { 5, 2147483647 }, { 6, 65535 }, { 7, 65535 }, { 8, 49152 }, { 10, 32 }, { 16, 132 },
        { 39, 2048 }, { 81, 233472 }, { 97, 232448 },
    };
    *value = attribute == 33 ? d : attribute == 75 ? archs[d] / 10 : attribute == 76 ? archs[d] % 10 : 1024;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i][0] == attribute) *value = known[i][1];
    return SUCCESS;
}

static const struct { int error; const char *name; } names[] = {
    { 100, "CUDA_ERROR_NO_DEVICE" }, { 999, "CUDA_ERROR_UNKNOWN" }, { INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE" }, { OUT_OF_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY" }, { ILLEGAL_ADDRESS, "CUDA_ERROR_ILLEGAL_ADDRESS" },
    { 802, "CUDA_ERROR_SYSTEM_NOT_READY" },
    { CAPTURE_UNSUPPORTED, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED" }, { CAPTURE_INVALIDATED, "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED" },
    { CAPTURE_ISOLATION, "CUDA_ERROR_STREAM_CAPTURE_ISOLATION" },
};

int cuGetErrorName(int error, const char **name)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].error == error) { *name = names[i].name; return SUCCESS; }
    return INVALID_VALUE;
}

int cuGetErrorString(int error, const char **text) { return cuGetErrorName(error, text) ? (*text = "an error", SUCCESS) : SUCCESS; }

// ---- for the tests

// A line of the test's own in the log.
void stub_mark(const char *text) { enter(); LOG("# %s\n", text); leave(0); }

// The launch that was logged last, in the test's words.
void stub_kernel(const char *text) { enter(); LOG("kernel %s\n", text); leave(0); }

// Memory whose contents are logged, as a hash, whenever a launch finds them changed.
void stub_watch(const void *p, size_t bytes) { enter(); watched[watches] = p; watched_bytes[watches++] = bytes; leave(0); }

// Forgets what was watched.
void stub_unwatch(void) { enter(); watches = 0; leave(0); }

// Makes the n-th allocation from now on, page-locked ones included, fail, and none after it.
void stub_refuse(int n) { enter(); refusing = n; leave(0); }

// Pieces of page-locked memory that are there.
int stub_page_locked(void) { enter(); int n = page_locked; leave(0); return n; }

// Makes the n-th launch from now on fail with an error, and every call after it.
void stub_fail(int n, int error) { enter(); failing = n; failing_with = error; leave(0); }
