package io.k3j.apiserver;

import io.k3j.codec.Protobuf;
import io.k3j.componentapi.Health;
import io.k3j.schema.Schemas;
import io.k3j.watchcache.EventLog;
import io.k3j.watchcache.Fence;
import io.k3j.watchcache.Rows;
import io.k3j.watchcache.Store;
import java.time.InstantSource;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// The server's parts, wired: everything but threads, sockets and services.
final class Core {
    /// How long a request waits for a bundle that is being replaced.
    static final long PATIENCE_MILLIS = 2_000;
    /// The part of the heap that large answers may take while their clients read them, and a user's part of that.
    static final int ANSWERS_HEAP_PART = 4;
    static final int ANSWERS_USER_PART = 4;
    private final Extensions extensions;
    private final Schemas schemas;
    private final Protobuf protobuf;
    private final Data data;
    private final EventLog log;
    private final Access access;
    private final Admissions admissions;
    private final Seats seats;
    private final Health health;
    private final BodyBudget bodyBudget = new BodyBudget(Runtime.getRuntime().maxMemory() / BodyBudget.HEAP_PART);
    private final Pool answerPool = Pool.ofMemory(Runtime.getRuntime().maxMemory() / ANSWERS_HEAP_PART,
            Bodies.MAX_BYTES,
            ANSWERS_USER_PART);
    private final Shares watches = Watches.shares(Runtime.getRuntime().maxMemory());
    private final Answers answers;
    private final Tables tables;
    private final Renderer renderer;
    private final ListWriter lists;
    private final Reads reads;
    private final Bodies bodies;
    private final Patches patches;
    private final Writes writes;
    private final Resources resources;
    private final Operations operations;

    /// What the operator decides.
    /// @param authorizers modes that must be there before a no is final
    /// @param admission plug-ins that must be there before anything is written
    /// @param staleReads whether clients are answered from memory, with a warning, while the store does not answer
    record Policy(Set<String> authorizers, Set<String> admission, boolean anonymous, boolean staleReads) {
        /// Without stale reads.
        Policy(Set<String> authorizers, Set<String> admission, boolean anonymous) {
            this(authorizers, admission, anonymous, false);
        }
    }

    /// Where the world enters.
    /// @param health where its loops report
    record World(InstantSource clock, RandomGenerator random, Supplier<UUID> uids, Health health) {
        /// The real one.
        static World real(Health health) {
            return new World(InstantSource.system(), () -> ThreadLocalRandom.current().nextLong(), UUID::randomUUID,
                    health);
        }
    }

    /// The built-in types, and their protobuf form.
    record Types(Schemas schemas, Protobuf protobuf) {
        /// Read from the schema.
        static Types of(Schemas schemas) {
            return new Types(schemas, new Protobuf(schemas));
        }
    }

    /// What is stored: where commits go, what has come back, and whether that is all.
    record Data(Store store, EventLog log, Fence fence) {
    }

    Core(Extensions extensions, Data data, Types types, Policy policy, World world) {
        this.extensions = extensions;
        this.schemas = types.schemas;
        this.protobuf = types.protobuf;
        this.data = data;
        this.log = data.log;
        this.health = world.health;
        this.seats = new Seats(data.store);
        this.access = new Access(extensions.authenticators(), extensions.authorizers(), policy.authorizers(),
                policy.anonymous(), this::settle);
        this.admissions = new Admissions(extensions.admissions(), policy.admission(), this::settle);
        this.answers = new Answers(protobuf);
        this.tables = new Tables(world.clock());
        this.renderer = new Renderer(protobuf, answers, tables);
        this.lists = new ListWriter(protobuf, answers);
        this.reads = new Reads(log, data.fence);
        this.bodies = new Bodies(protobuf);
        Metadata metadata = new Metadata(world.clock(), world.random(), world.uids());
        Fields fields = new Fields(metadata);
        this.patches = new Patches(bodies, fields);
        Commits commits = new Commits(data, new Rows(protobuf, data.store.atRest()), extensions.kinds());
        this.writes = new Writes(commits, data, new Shaping(admissions, metadata, fields), metadata);
        Deletes deletes = new Deletes(commits, data, admissions, metadata);
        this.resources = new Resources(reads, renderer, answers, lists);
        this.operations = new Operations(access, admissions, writes, deletes, patches);
    }

    /// Waits a moment for contributions that are being replaced; whoever still misses one then says so.
    void settle() {
        if (!complete()) {
            extensions.signal().await(this::complete, PATIENCE_MILLIS);
        }
    }

    /// Whether no contribution is missing that was there or is wanted.
    boolean complete() {
        return access.complete() && admissions.complete() && extensions.kinds().complete();
    }

    Health health() {
        return health;
    }

    Extensions extensions() {
        return extensions;
    }

    Kinds kinds() {
        return extensions.kinds();
    }

    Schemas schemas() {
        return schemas;
    }

    Protobuf protobuf() {
        return protobuf;
    }

    Data data() {
        return data;
    }

    EventLog log() {
        return log;
    }

    Access access() {
        return access;
    }

    Admissions admissions() {
        return admissions;
    }

    Seats seats() {
        return seats;
    }

    BodyBudget bodyBudget() {
        return bodyBudget;
    }

    /// For answers that wait to be read.
    Pool answerPool() {
        return answerPool;
    }

    Shares watches() {
        return watches;
    }

    Answers answers() {
        return answers;
    }

    Tables tables() {
        return tables;
    }

    Renderer renderer() {
        return renderer;
    }

    ListWriter lists() {
        return lists;
    }

    Reads reads() {
        return reads;
    }

    Bodies bodies() {
        return bodies;
    }

    Patches patches() {
        return patches;
    }

    Writes writes() {
        return writes;
    }

    Operations operations() {
        return operations;
    }

    Resources resources() {
        return resources;
    }
}
