package io.k3j.apiserver;

import io.k3j.apiaccess.Access;
import io.k3j.apiaccess.AnonymousAuth;
import io.k3j.apiaccess.Auditing;
import io.k3j.apiaccess.Cors;
import io.k3j.apiaccess.StrictTransport;
import io.k3j.apicontributions.Contributions;
import io.k3j.apidiscovery.Discovery;
import io.k3j.apidiscovery.OpenApiDocuments;
import io.k3j.apidiscovery.RemoteApis;
import io.k3j.apirequests.AdmissionMetrics;
import io.k3j.apirequests.Bodies;
import io.k3j.apirequests.Frames;
import io.k3j.apirequests.GoAwayChance;
import io.k3j.apirequests.ListWriter;
import io.k3j.apirequests.Renderer;
import io.k3j.apirequests.RequestMetrics;
import io.k3j.apirequests.Responses;
import io.k3j.apirequests.StoreMetrics;
import io.k3j.apirequests.Tables;
import io.k3j.apiwatches.WatchHub;
import io.k3j.apiwatches.WatchMetrics;
import io.k3j.apiwatches.Watches;
import io.k3j.cbor.Cbor;
import io.k3j.codec.Protobuf;
import io.k3j.componentapi.Health;
import io.k3j.componentbase.Deadlines;
import io.k3j.componenthelpers.CorsOrigins;
import io.k3j.edgeapi.Endpoint;
import io.k3j.flowcontrol.AnswerBudget;
import io.k3j.flowcontrol.BodyBudget;
import io.k3j.flowcontrol.FlowController;
import io.k3j.flowcontrol.RequestLimits;
import io.k3j.flowcontrol.Seats;
import io.k3j.objectregistry.Admissions;
import io.k3j.objectregistry.Metadata;
import io.k3j.objectregistry.ObjectDecoder;
import io.k3j.objectregistry.ObjectRegistry;
import io.k3j.objectregistry.Storage;
import io.k3j.schema.Schemas;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// Wires the parts of the server: everything except threads, sockets and OSGi services. No part refers to it.
final class Core {
    private final Contributions contributions;
    private final Types types;
    private final Storage storage;
    private final RequestLimits limits;
    private final Access access;
    private final Auditing auditing;
    private final ObjectRegistry objects;
    private final Operations operations;
    private final RemoteApis remote;
    private final Environment environment;
    private final Deadlines deadlines;
    private final InFlight inFlight = new InFlight();
    private final GoAwayChance goAway;
    private final Cors cors;
    private final StrictTransport transport;
    private final boolean cbor;
    private final AdmissionMetrics admissionMetrics = new AdmissionMetrics();
    private final StoreMetrics storeMetrics = new StoreMetrics();

    /// The operator's policy.
    /// @param authorizers modes that must be present before a refusal is final
    /// @param admission plug-ins that must be present before anything is written
    /// @param disabled plug-ins that are not asked
    /// @param anonymous which requests without credentials are served
    /// @param staleReads whether reads are answered from memory, with a warning, while the datastore does not answer
    /// @param seats how many requests are worked on at once, but for exempt ones
    /// @param audited whether requests are recorded, and not served while nobody does
    /// @param leastWatch how long watches last at least
    /// @param goAway how likely a request over HTTP/2 is the last of its connection, at most [GoAwayChance#MOST]
    /// @param origins whose pages may read answers
    /// @param transport what answers say of TLS
    /// @param cbor whether bodies and answers may be CBOR
    record Policy(Set<String> authorizers, Set<String> admission, Set<String> disabled, AnonymousAuth anonymous,
            boolean staleReads, int seats, boolean audited, Duration leastWatch, double goAway, CorsOrigins origins,
            StrictTransport transport, boolean cbor) {
        /// A policy with watches and connections that last as long as upstream's.
        @SuppressWarnings("checkstyle:ParameterNumber") // the record's own, but four
        Policy(Set<String> authorizers, Set<String> admission, Set<String> disabled, AnonymousAuth anonymous,
                boolean staleReads, int seats, boolean audited) {
            this(authorizers, admission, disabled, anonymous, staleReads, seats, audited, Watches.LEAST, 0,
                    CorsOrigins.NONE, StrictTransport.NONE, false);
        }

        /// A policy with upstream's number of seats and without audit.
        Policy(Set<String> authorizers, Set<String> admission, Set<String> disabled, AnonymousAuth anonymous,
                boolean staleReads) {
            this(authorizers, admission, disabled, anonymous, staleReads, Seats.READS + Seats.WRITES, false);
        }

        /// A policy without stale reads that disables nothing.
        Policy(Set<String> authorizers, Set<String> admission, AnonymousAuth anonymous) {
            this(authorizers, admission, Set.of(), anonymous, false);
        }

        /// The contribution slots for this policy.
        Contributions contributions() {
            return new Contributions(authorizers, admission, disabled, audited);
        }
    }

    /// Clock, randomness and health, so that tests can replace them.
    /// @param health where loops report
    record Environment(InstantSource clock, RandomGenerator random, Supplier<UUID> uids, Health health) {
        /// The environment of production.
        static Environment real(Health health) {
            return new Environment(InstantSource.system(), () -> ThreadLocalRandom.current().nextLong(),
                    UUID::randomUUID,
                    health);
        }
    }

    /// The built-in types and their protobuf codec.
    record Types(Schemas schemas, Protobuf protobuf) {
        /// Reads them from the schemas.
        static Types of(Schemas schemas) {
            return new Types(schemas, new Protobuf(schemas));
        }
    }

    Core(Contributions contributions, Storage storage, Types types, Policy policy, Environment environment) {
        this.contributions = contributions;
        this.storage = storage;
        this.types = types;
        this.environment = environment;
        this.deadlines = new Deadlines(environment.health(), "apiserver-deadlines");
        this.limits = limits(storage, policy.seats(), deadlines, Runtime.getRuntime().maxMemory());
        this.goAway = new GoAwayChance(policy.goAway(), environment.random());
        this.transport = policy.transport();
        this.cbor = policy.cbor();
        this.cors = policy.origins().isEmpty() ? Cors.NONE : Cors.of(policy.origins()::allows);
        this.access = new Access(contributions.authenticators(), contributions.authorizers(), policy.anonymous(),
                contributions::awaitComplete, environment.clock());
        this.auditing = new Auditing(contributions, environment.clock(), System::nanoTime);
        Admissions admissions = new Admissions(contributions.admissions(), contributions::awaitComplete,
                limits.seats()::away, admissionMetrics);
        contributions.kinds().conversions().unseated(limits.seats()::away);
        this.objects = new ObjectRegistry(storage, contributions.kinds(), admissions, types.protobuf,
                new Metadata(environment.clock(), environment.random(), environment.uids()), storeMetrics);
        this.operations = new Operations(access::allowed, admissions, objects);
        this.remote = new RemoteApis(contributions.aggregator(), contributions.kinds(), storage.log(), access);
    }

    private static RequestLimits limits(Storage storage, int seats, Deadlines deadlines, long heapBytes) {
        FlowController flows = new FlowController(() -> storage.log().newest().tree(), seats, deadlines::park,
                System::nanoTime, new SecureRandom());
        return new RequestLimits(flows, new Seats(storage.store(), System::nanoTime),
                new BodyBudget(heapBytes / BodyBudget.HEAP_PART, ObjectDecoder.MAX_BYTES),
                new AnswerBudget(heapBytes / AnswerBudget.HEAP_PART, ObjectDecoder.MAX_BYTES),
                Watches.shares(heapBytes), ListWriter.shares());
    }

    /// The back end of the in-process clients.
    LocalBackend local() {
        return new LocalBackend(contributions, storage, access, limits, objects, operations,
                remote, environment.health(), auditing);
    }

    /// Limits of requests' waits, not started.
    Deadlines deadlines() {
        return deadlines;
    }

    /// The requests that are being worked on.
    InFlight inFlight() {
        return inFlight;
    }

    RequestLimits limits() {
        return limits;
    }

    /// The endpoint for all paths that no other endpoint serves.
    ///
    /// @param leastWatch how long watches last at least
    Endpoint endpoint(WatchHub hub, HealthChecks health, Duration leastWatch) {
        Responses answers = new Responses(types.protobuf, cbor ? new Cbor(types.schemas) : null);
        Tables tables = new Tables(environment.clock());
        Renderer renderer = new Renderer(types.protobuf, answers, tables);
        ReadHandler reads = new ReadHandler(objects.reads(), renderer, answers,
                new ListWriter(types.protobuf, answers, limits.longLists(), limits.seats()::narrow));
        Bodies bodies = new Bodies(types.protobuf, cbor);
        WatchMetrics watches = new WatchMetrics();
        ResourceHandler.Handlers handlers = new ResourceHandler.Handlers(reads,
                new WriteHandler(operations, bodies, objects.reads(), reads, answers),
                new Subresources(contributions, operations, bodies, types.schemas, answers),
                new ScaleHandler(objects, bodies, types.schemas, reads),
                new UnstoredReads(reads, new ComponentStatuses(reads, storage), contributions::lister),
                new Watches(storage, limits, hub,
                        new Frames(renderer, tables), answers, leastWatch, watches));
        RequestMetrics requests = new RequestMetrics(contributions.kinds());
        Paths.Documents documents = new Paths.Documents(
                new Discovery(contributions.kinds(), remote, types.protobuf, answers),
                new OpenApiDocuments(contributions.kinds(), remote,
                        new OpenApiDocuments.Source(types.schemas, types.protobuf, Version.GIT_VERSION), answers),
                new IssuerDocuments(contributions),
                new FlowControlDumps(limits.flows(), environment.clock(), answers));
        Paths paths = new Paths(documents, health,
                new ServerMetrics(counted(requests, watches), limits, access.failures(), auditing, storage,
                        contributions.kinds(), contributions::metrics),
                answers);
        return new Pipeline(
                new Pipeline.Filters(contributions, access, auditing, limits, inFlight, remote, goAway, cors,
                        transport),
                new ResourceHandler(access, limits, contributions.kinds(), renderer, handlers), paths, answers,
                requests);
    }

    private ServerMetrics.Counted counted(RequestMetrics requests, WatchMetrics watches) {
        return new ServerMetrics.Counted(requests, watches, admissionMetrics, storeMetrics, access.metrics());
    }
}
