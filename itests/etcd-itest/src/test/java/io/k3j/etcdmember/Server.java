package io.k3j.etcdmember;

import io.k3j.childprocess.ProcessRecord;
import io.k3j.etcdsnapshots.EtcdSnapshots;
import io.k3j.etcdsnapshots.SnapshotPlan;
import io.k3j.jetcd.EtcdClient;
import io.k3j.jetcd.EtcdCluster;
import io.k3j.jetcd.EtcdFailure;
import io.k3j.jetcd.EtcdKey;
import io.k3j.jetcd.EtcdKv;
import io.k3j.jetcd.EtcdRange;
import io.k3j.jetcd.EtcdTxn;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.PemFiles;
import io.k3j.pki.Profile;
import io.k3j.testkitprocess.FreePort;
import io.k3j.testkitprocess.Reaper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/// One server's member on free ports of the loopback, with certificates of authorities that several servers share.
public final class Server implements AutoCloseable {
    /// For a call that may find nobody.
    private static final Duration SHORT = Duration.ofSeconds(3);
    /// For one that is answered.
    private static final Duration LIMIT = Duration.ofSeconds(60);
    static final Duration PATIENCE = Duration.ofSeconds(300);
    private static final Set<EtcdFailure.Kind> FINAL = Set.of(EtcdFailure.Kind.REFUSED, EtcdFailure.Kind.COMPACTED,
            EtcdFailure.Kind.FUTURE);
    final EtcdLayout places;
    final EtcdPorts ports;
    final MemberConfig config;
    final EtcdProcess process;
    private final Optional<Server> first;
    private Member member;
    private Thread thread;
    private MemberUpkeep upkeep;
    private Thread lookingAfter;
    volatile String report = "";
    volatile Throwable failure;

    public Server(Path directory, String node, Optional<Server> first) {
        this(directory, node, first, new EtcdPorts(FreePort.next(), FreePort.next(), FreePort.next()));
    }

    Server(Path directory, String node, Optional<Server> first, EtcdPorts ports) {
        this(directory, node, first, ports, Path.of("/usr/bin/etcd"));
    }

    /// With this etcd.
    Server(Path directory, String node, Optional<Server> first, EtcdPorts ports, Path etcd) {
        this(directory, node, first, ports, etcd, Map.of());
    }

    /// With these of `--etcd-arg`.
    Server(Path directory, String node, Optional<Server> first, EtcdPorts ports, Path etcd,
            Map<String, String> arguments) {
        try {
            this.first = first;
            this.ports = ports;
            places = new EtcdLayout(directory);
            certificates(first.map(s -> s.places));
            String name = MemberName.of(places, node, new SecureRandom());
            config = new MemberConfig(places, name, "127.0.0.1", ports, "", false, "127.0.0.1",
                    EtcdArguments.corruptCheck(arguments, EtcdVersion.of(etcd)));
            process = new EtcdProcess(places, etcd);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void certificates(Optional<EtcdLayout> from) throws IOException {
        SecureRandom random = new SecureRandom();
        Instant now = Instant.now();
        PemFiles.directory(places.tls("x").getParent());
        for (String kind : List.of("server", "peer")) {
            CertificateAuthority authority;
            if (from.isPresent()) {
                authority = new CertificateAuthority(PemFiles.certificates(from.get().tls(kind + "-ca.crt")),
                        PemFiles.key(from.get().tls(kind + "-ca.key")).orElseThrow().secret());
                java.nio.file.Files.copy(from.get().tls(kind + "-ca.key"), places.tls(kind + "-ca.key"),
                        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            } else if (java.nio.file.Files.exists(places.tls(kind + "-ca.key"))) {
                continue;
            } else {
                KeyPair pair = Keys.elliptic();
                authority = CertificateAuthority.selfSigned("etcd-" + kind, pair, now, random);
                PemFiles.write(places.tls(kind + "-ca.key"), pair);
            }
            PemFiles.write(places.tls(kind + "-ca.crt"), authority.chain());
            Profile server = Profile.server("etcd-" + kind, List.of("localhost"),
                    List.of(InetAddress.getByName("127.0.0.1"))).withUsages(Profile.Usage.SERVER, Profile.Usage.CLIENT);
            if (kind.equals("server")) {
                leaf(authority, "client", Profile.client("etcd-client"), random);
                leaf(authority, "server-client", server, random);
            } else {
                leaf(authority, "peer-server-client", server, random);
            }
        }
    }

    private void leaf(CertificateAuthority authority, String name, Profile profile, SecureRandom random)
            throws IOException {
        KeyPair pair = Keys.elliptic();
        PemFiles.write(places.tls(name + ".key"), pair);
        PemFiles.write(places.tls(name + ".crt"), Stream.concat(
                Stream.of(authority.sign(profile, pair.getPublic(), Instant.now(), random)),
                authority.chain().stream()).toList());
    }

    Server start() {
        MemberBootstrap.Source source = first.<MemberBootstrap.Source>map(s -> () -> ClusterInfo.read(s.info()))
                .orElse(null);
        member = new Member(new Member.Wish(config, source), process, why -> report = why);
        thread = started(member::run);
        upkeep = new MemberUpkeep(member, config);
        lookingAfter = started(upkeep::run);
        return this;
    }

    private interface Part {
        void run() throws InterruptedException;
    }

    private Thread started(Part part) {
        return Thread.ofVirtual().start(() -> {
            try {
                part.run();
            } catch (RuntimeException | InterruptedException e) {
                failure = e;
            }
        });
    }

    public Server startAndWait() {
        start();
        await("a voter: " + places, this::voter);
        try {
            // etcd outlives its server by intent, and must not outlive the test
            Reaper.watch(pid());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    byte[] info() {
        return ClusterInfo.write(member.state().members());
    }

    boolean voter() {
        return member.state().healthy() && member.state().voter();
    }

    /// Whether what is done once after its start is done.
    boolean lookedAfter() {
        return !lookingAfter.isAlive();
    }

    Member.State state() {
        return member.state();
    }

    EtcdCluster cluster() throws IOException {
        return new EtcdCluster(member.client());
    }

    public long put(String key, String value) throws IOException {
        return reached(() -> put(key, value, LIMIT));
    }

    private long put(String key, String value, Duration limit) throws IOException {
        try (EtcdClient client = Tls.client(places, config.clientUrl(), false)) {
            return new EtcdKv(client).commit(new EtcdTxn().put(key, value.getBytes(StandardCharsets.UTF_8), 0), limit)
                    .revision();
        }
    }

    public Optional<String> get(String key) throws IOException {
        return range(EtcdRange.key(key)).stream().findFirst().map(k -> new String(k.value(), StandardCharsets.UTF_8));
    }

    List<EtcdKey> range(EtcdRange range) throws IOException {
        return reached(() -> {
            try (EtcdClient client = Tls.client(places, config.clientUrl(), false)) {
                return new EtcdKv(client).range(range, 0, 0, LIMIT).keys();
            }
        });
    }

    /// The members of the cluster, as it knows them.
    List<EtcdCluster.Member> members() throws IOException {
        return reached(() -> cluster().members(LIMIT));
    }

    private interface Asked<T> {
        T ask() throws IOException;
    }

    /// A busy machine may be late with an answer; what is asked does no harm when it is done twice.
    private static <T> T reached(Asked<T> asked) throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return asked.ask();
            } catch (EtcdFailure e) {
                if (FINAL.contains(e.kind()) || System.nanoTime() > deadline) {
                    throw e;
                }
            }
        }
    }

    /// Where its snapshots lie.
    public Path snapshots() {
        return places.snapshots();
    }

    /// Where the password of the server token is.
    public Path passwords() {
        return places.passwords();
    }

    /// Writes its snapshots.
    public EtcdSnapshots.Source source() {
        return new MemberSnapshot(new Member.Wish(config, null), member);
    }

    /// A snapshot of it, named as those of its schedule.
    Path snapshot(boolean compress) throws IOException {
        SnapshotPlan plan = new SnapshotPlan(places.snapshots(), "etcd-snapshot", Optional.empty(), 0, compress,
                Duration.ofMinutes(10), Struct.EMPTY);
        try (EtcdSnapshots all = new EtcdSnapshots("server-1", plan, source(), places.passwords(), () -> null)) {
            Struct made = all.carryOut(Struct.of("operation", "save", "name", Seq.of("etcd-snapshot")));
            return places.snapshots().resolve(made.seq("created").text(0));
        }
    }

    /// Makes its data from a snapshot; it must not run.
    public void restore(Path snapshot, String password) throws IOException, InterruptedException {
        new ClusterReset(config, Path.of("/usr/bin/etcd"), Path.of("/usr/bin/etcdctl")).run(Optional.of(snapshot),
                password);
    }

    boolean writes(String key) {
        try {
            put(key, "1", SHORT);
            return true;
        } catch (IOException | EtcdFailure e) {
            return false;
        }
    }

    long pid() throws IOException {
        return ProcessRecord.read(places.record()).orElseThrow().pid();
    }

    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited for " + what);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
        }
    }

    /// As the end of this process would be: etcd goes on. A start of it that is under way is waited for.
    void leave() {
        upkeep.close();
        member.close();
        await("the end of a member", () -> !thread.isAlive());
    }

    @Override
    public void close() {
        try {
            if (member != null) {
                leave();
            }
            Optional<ProcessRecord> record = ProcessRecord.read(places.record()).filter(ProcessRecord::alive);
            if (record.isPresent()) {
                ProcessHandle.of(record.get().pid()).ifPresent(ProcessHandle::destroyForcibly);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
