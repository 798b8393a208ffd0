package io.k3j.encryptionproviders;

import io.k3j.componentapi.Health;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.encryption.DataKey;
import io.k3j.encryption.EnvelopeTransformer;
import io.k3j.encryption.SealUnavailable;
import io.k3j.encryption.UnreadableRow;
import io.k3j.streaming.GrpcFailure;
import io.k3j.streaming.GrpcStatus;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Rows whose keys a KMS plug-in keeps, as in Kubernetes
/// (<https://kubernetes.io/docs/tasks/administer-cluster/kms-provider/>): each is sealed by a key of a seed, which the
/// plug-in has sealed and which lies so in the row.
///
/// ```
/// each minute: Status ─ key ID as before ──► the seed may write for three minutes more
///                     └ another one ──► new seed ─ Encrypt ─ Decrypt ──► it writes from now on
/// ```
/// After a new connection the seed in use is decrypted once more: what is there now may have the key's ID, not the key.
///
/// **Threads.** One that asks for the status, from [#start] to [#close]; any may seal and open. **Blocking.** Sealing
/// does not; opening for a key that is not known three seconds at most, or as [Timing#patience] says. **Failure.**
/// Without a status for three minutes nothing is sealed any more; a key that has opened something goes on to open.
final class KmsProvider implements EnvelopeTransformer, AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.encryptionproviders");
    private static final List<String> VERSIONS = List.of("v2", "v2beta1");
    private static final Duration STOP_LIMIT = Duration.ofSeconds(2);
    private static final String LOST = "the plug-in does not decrypt what was encrypted before it was started again";
    private final KmsConfiguration configuration;
    private final KmsService service;
    private final DataKeys keys;
    private final Environment environment;
    private final SupervisedLoop loop;
    private final RandomGenerator random = new SecureRandom();
    private volatile @Nullable State state;
    /// Null before the plug-in was asked.
    private volatile @Nullable String problem;
    /// What the plug-in said first; guarded by this.
    private String version = "";
    /// The connection over which the seed in use was decrypted last; guarded by this.
    private int proven;

    /// What seals now.
    ///
    /// @param sealed the seed as the plug-in has sealed it
    /// @param until when nothing is sealed with it any more, unless the plug-in confirms it
    private record State(DataKey seed, EncryptedObject sealed, String digest, long until) {
    }

    /// How often is asked, and how long goes without an answer, as upstream.
    ///
    /// @param patience how long who opens a row waits for its key at most
    record Timing(Duration healthy, Duration unhealthy, Duration write, Duration patience) {
        static final Timing UPSTREAM = new Timing(Duration.ofMinutes(1), Duration.ofSeconds(10),
                Duration.ofMinutes(3), Duration.ofSeconds(3));
        /// Whoever opens one row, and holds nobody up, waits as long as the file lets a call take.
        static final Timing ONE_ROW = new Timing(UPSTREAM.healthy, UPSTREAM.unhealthy, UPSTREAM.write,
                KmsRules.MAX_TIMEOUT.plusMinutes(1));
    }

    /// What a provider stands on.
    ///
    /// @param nanos a clock that does not jump
    /// @param checked run after each status; does not block
    record Environment(EnvelopeMetrics metrics, Health health, Timing timing, LongSupplier nanos, Runnable checked) {
    }

    KmsProvider(KmsConfiguration configuration, Environment environment) {
        this.configuration = configuration;
        this.environment = environment;
        this.service = new KmsService(configuration, environment.metrics());
        this.keys = new DataKeys(configuration.name(), service, environment.metrics(),
                new DataKeys.Time(environment.nanos(), environment.timing().patience()));
        this.loop = SupervisedLoop.virtual(environment.health(), "apiserver-kms-" + configuration.name(), this::poll);
    }

    /// Begins to ask for the status. Once.
    void start() {
        loop.start();
    }

    private void poll() throws InterruptedException {
        Duration pause = Duration.ZERO;
        // nobody counts down: an interrupt ends it
        while (!new CountDownLatch(1).await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
            pause = check().isEmpty() ? environment.timing().healthy() : environment.timing().unhealthy();
        }
    }

    /// Asks the plug-in how it is, and takes up another key; blocks for three calls at most.
    /// @return what is wrong; empty: nothing
    synchronized String check() {
        String now;
        try {
            now = check(environment.nanos().getAsLong(), service.status());
        } catch (GrpcFailure e) {
            now = "failed to perform status section of the healthz check for KMS Provider " + configuration.name()
                    + ", error: " + GrpcStatus.words(e);
        }
        problem = now;
        environment.checked().run();
        return now;
    }

    private String check(long begin, KmsService.Status status) {
        List<String> wrong = new ArrayList<>();
        if (!status.health().equals("ok")) {
            wrong.add("got unexpected healthz status: " + GrpcStatus.words(status.health()));
        }
        version(status.version(), wrong);
        String invalid = EncryptedObject.problemOfKeyId(status.keyId());
        if (invalid.isEmpty()) {
            environment.metrics().told(configuration.name(), status.keyId());
            String why = seed(begin, status.keyId());
            if (!why.isEmpty()) {
                wrong.add(why);
            }
        } else {
            environment.metrics().invalid(configuration.name(), status.keyId().isEmpty() ? "empty" : "too_long");
            wrong.add("got invalid KMSv2 KeyID hash \"" + KmsService.shown(status.keyId()) + "\": " + invalid);
        }
        return wrong.isEmpty() ? ""
                : "kmsv2 Provider " + configuration.name() + " is not healthy, error: " + (wrong.size() == 1
                        ? wrong.getFirst() : "[" + String.join(", ", wrong) + "]");
    }

    private void version(String told, List<String> wrong) {
        if (!VERSIONS.contains(told)) {
            wrong.add("expected KMSv2 API version v2, got " + GrpcStatus.words(told));
        } else if (version.isEmpty()) {
            version = told;
        } else if (!version.equals(told)) {
            wrong.add("KMSv2 API version should not change after the initial status response version " + version
                    + ", got " + told);
        }
    }

    /// The seed in use stays, whatever goes wrong with another one, until its time is over.
    private String seed(long begin, String keyId) {
        State before = state;
        long until = begin + environment.timing().write().toNanos();
        if (before != null && before.sealed.keyId().equals(keyId)) {
            String why = undecrypted(before);
            if (why.isEmpty()) {
                state = new State(before.seed, before.sealed, before.digest, until);
            }
            return why;
        }
        byte[] seed = new byte[DataKey.SEED_BYTES];
        long made = System.nanoTime();
        random.nextBytes(seed);
        environment.metrics().generated(System.nanoTime() - made);
        int connection = service.connections();
        try {
            EncryptedObject sealed = service.encrypt(seed);
            String why = mismatch(sealed, keyId, seed);
            if (!why.isEmpty()) {
                return "failed to rotate DEK: " + why;
            }
            use(new State(DataKey.seed(seed), sealed, sealed.keyDigest(), until));
            proven = connection;
            return "";
        } catch (GrpcFailure e) {
            return "failed to rotate DEK: " + GrpcStatus.words(e);
        }
    }

    /// Why the seed in use could not be had after a start of this server; empty when it could. Else all that is written
    /// until then would be lost, and nobody would notice before.
    private String undecrypted(State now) {
        int connection = service.connections();
        if (connection == proven) {
            return "";
        }
        try {
            boolean same = DataKey.seed(service.decrypt(now.sealed)).same(now.seed);
            proven = same ? connection : proven;
            return same ? "" : LOST;
        } catch (GrpcFailure e) {
            return "failed to decrypt the DEK in use: " + GrpcStatus.words(e);
        } catch (IllegalArgumentException noSeed) {
            return LOST;
        }
    }

    private void use(State now) {
        keys.put(now.digest, now.seed);
        state = now;
        LOG.log(System.Logger.Level.INFO, "Took up a key of the KMS provider name={0} keyIdHash={1}",
                configuration.name(), KmsService.shown(now.sealed.keyId()));
    }

    /// A plug-in that could not open what it has sealed would lose every row, and be noticed at the next start only.
    private String mismatch(EncryptedObject sealed, String keyId, byte[] seed) {
        String invalid = sealed.problem();
        if (!invalid.isEmpty()) {
            return invalid;
        }
        if (!sealed.keyId().equals(keyId)) {
            return "statusKeyIDHash=\"" + KmsService.shown(keyId) + "\", encryptKeyIDHash=\""
                    + KmsService.shown(sealed.keyId()) + "\"";
        }
        if (MessageDigest.isEqual(sealed.source(), seed)) {
            return "the plug-in has not encrypted it";
        }
        return MessageDigest.isEqual(service.decrypt(sealed), seed) ? "" : "the plug-in does not decrypt what it has"
                + " encrypted";
    }

    /// What was wrong when the plug-in was asked last; empty: nothing; null: it was not asked yet.
    @Nullable
    String problem() {
        return problem;
    }

    /// As the file has it.
    KmsConfiguration configuration() {
        return configuration;
    }

    @Override
    public String prefix() {
        return "k8s:enc:kms:v2:" + configuration.name() + ":";
    }

    @Override
    public byte[] seal(String place, byte[] content) {
        State now = state;
        if (now == null) {
            throw new SealUnavailable("the KMS provider " + configuration.name()
                    + " has given no key to encrypt with yet; the health of kms-providers tells why");
        }
        if (environment.nanos().getAsLong() - now.until > 0) {
            throw new SealUnavailable("encryptedDEKSource with keyID hash \"" + KmsService.shown(now.sealed.keyId())
                    + "\" expired: the KMS provider " + configuration.name() + " has not been healthy for "
                    + environment.timing().write().toMinutes() + " min; the health of kms-providers tells why");
        }
        environment.metrics().used(true, configuration.name(), now.sealed.keyId());
        return now.sealed.with(now.seed.seal(place, content, random)).bytes();
    }

    @Override
    public byte[] open(String place, byte[] sealed) {
        EncryptedObject row = EncryptedObject.read(sealed);
        String digest = row.keyDigest();
        State now = state;
        if (now != null && now.digest.equals(digest)) {
            environment.metrics().used(false, configuration.name(), row.keyId());
            return now.seed.open(place, row.data());
        }
        byte[] content = keys.open(place, row, digest);
        environment.metrics().used(false, configuration.name(), row.keyId());
        return content;
    }

    /// Whether a row is one of this provider, and whole as far as can be told without its key.
    boolean wrote(byte[] row) {
        byte[] prefix = prefix().getBytes(StandardCharsets.UTF_8);
        if (row.length < prefix.length || !Arrays.equals(prefix, 0, prefix.length, row, 0, prefix.length)) {
            return false;
        }
        try {
            EncryptedObject.read(Arrays.copyOfRange(row, prefix.length, row.length));
            return true;
        } catch (UnreadableRow damaged) {
            return false;
        }
    }

    /// Without a plug-in nothing could be written otherwise.
    @Override
    public boolean current(byte[] sealed) {
        State now = state;
        if (now == null) {
            return true;
        }
        EncryptedObject row = EncryptedObject.read(sealed);
        return row.keyId().equals(now.sealed.keyId()) && row.type() == now.sealed.type();
    }

    /// Calls under way fail; waits two seconds at most.
    @Override
    public void close() {
        service.close();
        loop.stop(STOP_LIMIT);
    }
}
