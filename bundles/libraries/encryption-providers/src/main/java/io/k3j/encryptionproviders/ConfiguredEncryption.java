package io.k3j.encryptionproviders;

import io.k3j.apiserverapi.ResourceKind;
import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Metrics;
import io.k3j.componentbase.ConfigurationFile;
import io.k3j.componentbase.ConfigurationReload;
import io.k3j.encryption.RowCipher;
import io.k3j.encryption.SealUnavailable;
import io.k3j.encryption.Transformations;
import io.k3j.encryption.UnreadableRow;
import io.k3j.metricstext.ApiServerId;
import io.k3j.metricstext.MetricText;
import io.k3j.metricstext.ReloadMetrics;
import io.k3j.watchcache.AtRest;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// How objects lie in the store as the file of `encryption-provider-config` says. Resources that it does not name pass
/// untouched, at the cost of one look-up. Any thread; blocks only where a row's key has to be asked of a KMS plug-in,
/// and then for three seconds at most.
public final class ConfiguredEncryption implements AtRest, AutoCloseable {
    private final ConfigurationFile file;
    private final StoredResources resources;
    private final ReloadMetrics reloads = ReloadMetrics.ofEncryption(ApiServerId.ofHost(), InstantSource.system());
    private final TransformationMetrics transformations = new TransformationMetrics();
    private final EnvelopeMetrics envelopes = new EnvelopeMetrics(InstantSource.system());
    private final KmsProviders kms;
    private final @Nullable Following following;
    private volatile Use use;

    /// A configuration in use, and what was found in it by prefix: as many as there are resources.
    private record Use(ResourceCiphers ciphers, Map<String, Found> known) {
        static Use of(byte[] file, KmsProviders.Draft kms) {
            return new Use(new ResourceCiphers(ProvidersFile.parse(file, kms::of), new SecureRandom()),
                    new ConcurrentHashMap<>());
        }
    }

    /// How the rows of a resource lie.
    /// @param cipher empty: plain
    private record Found(Optional<RowCipher> cipher, Transformations told) {
        static final Found NOTHING = new Found(Optional.empty(), Transformations.NONE);
    }

    /// Takes a changed file up.
    private final class Following implements ConfigurationReload.Target, AutoCloseable {
        private final HealthScope scope;
        private final ConfigurationReload reload;

        Following(byte[] first, Health health) {
            this.scope = health.scope("encryption-configuration");
            this.reload = new ConfigurationReload(file, first, this, health, System::nanoTime);
        }

        void start() {
            scope.ok();
            reload.start();
        }

        @Override
        public String what() {
            return "encryption config";
        }

        @Override
        public void use(byte[] content) throws IOException {
            KmsProviders.Draft draft = kms.draft();
            try {
                Use next = Use.of(content, draft);
                draft.check();
                use = next;
            } catch (IOException | IllegalArgumentException e) {
                draft.discard();
                throw e;
            }
            draft.use();
            reloads.reloaded(content);
        }

        @Override
        public void failed(String why) {
            reloads.failed();
            unchanged(why);
        }

        @Override
        public void unchanged(String trouble) {
            if (trouble.isEmpty()) {
                scope.ok();
            } else {
                scope.degraded("error processing encryption config file " + file.path() + ": " + trouble);
            }
        }

        @Override
        public void close() {
            reload.close();
            scope.close();
        }
    }

    /// Reads and checks the file; starts nothing.
    /// @param options with a file
    /// @param kinds those that are served now
    /// @throws IllegalArgumentException in upstream's words, without secrets
    public ConfiguredEncryption(EncryptionOptions options, Supplier<Collection<ResourceKind>> kinds, Health health) {
        this(options, kinds, health, KmsProvider.Timing.UPSTREAM);
    }

    /// For tests, which do not wait minutes.
    ConfiguredEncryption(EncryptionOptions options, Supplier<Collection<ResourceKind>> kinds, Health health,
            KmsProvider.Timing timing) {
        this.file = new ConfigurationFile(Path.of(options.file()).toAbsolutePath());
        this.resources = new StoredResources(kinds);
        this.kms = new KmsProviders(health, envelopes, timing);
        byte[] first;
        try {
            KmsProviders.Draft draft = kms.draft();
            first = ProvidersFile.bytes(file);
            this.use = Use.of(first, draft);
            draft.use();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--kube-apiserver-arg=encryption-provider-config: error while parsing"
                    + " file: " + e.getMessage() + "; correct " + file.path() + " or leave the argument out", e);
        }
        reloads.configured(first);
        this.following = options.reload() ? new Following(first, health) : null;
    }

    /// Begins to ask KMS plug-ins, and to follow the file where that is wanted.
    public void start() {
        kms.start(following != null);
        if (following != null) {
            following.start();
        }
    }

    /// Looks at the file now.
    void look() throws InterruptedException {
        if (following != null) {
            following.reload.look();
        }
    }

    /// Reloads, rows and KMS providers, under upstream's names.
    public Metrics metrics() {
        return () -> {
            MetricText text = new MetricText();
            reloads.text(text);
            transformations.text(text);
            envelopes.text(text);
            return text.toString();
        };
    }

    private Found found(String storeKey) {
        Use now = use;
        String prefix = StoredResources.prefix(storeKey);
        Found known = now.known.get(prefix);
        if (known != null) {
            return known;
        }
        Optional<GroupResource> resource = resources.at(prefix);
        if (resource.isEmpty()) {
            return Found.NOTHING;
        }
        Found found = new Found(now.ciphers.of(resource.get()), transformations.of(resource.get().toString()));
        now.known.put(prefix, found);
        return found;
    }

    @Override
    public boolean covers(String storeKey) {
        return found(storeKey).cipher.isPresent();
    }

    @Override
    public byte[] seal(String storeKey, byte[] value) {
        Found found = found(storeKey);
        if (found.cipher.isEmpty()) {
            return value;
        }
        try {
            return found.cipher.get().seal(storeKey, value, found.told);
        } catch (SealUnavailable e) {
            throw ApiFault.unavailable("the object cannot be encrypted now: " + e.getMessage());
        }
    }

    @Override
    public boolean current(String storeKey, byte[] value) {
        return found(storeKey).cipher.map(cipher -> cipher.current(storeKey, value))
                .orElseGet(() -> !RowCipher.sealed(value));
    }

    /// A row of a resource that is not known here, as of a kind that is not served, has the key of everything.
    @Override
    public byte[] open(String storeKey, byte[] value) {
        Found found = found(storeKey);
        if (found.cipher.isEmpty() && !RowCipher.sealed(value)) {
            return value;
        }
        try {
            return found.cipher.or(() -> use.ciphers.of(GroupResource.EVERYTHING))
                    .orElseThrow(() -> new UnreadableRow("it is encrypted with the key "
                            + RowCipher.keyName(value) + ", and no entry names its resource"))
                    .open(storeKey, value, found.told);
        } catch (UnreadableRow why) {
            throw new UnreadableRow("cannot decrypt " + storeKey + ": " + why.getMessage() + (why.passing()
                    ? "; the health of kms-providers tells more"
                    : "; complete " + file.path() + ", given by --kube-apiserver-arg=encryption-provider-config"), why);
        }
    }

    /// Ends following the file and asking plug-ins; waits for that two seconds at most, each.
    @Override
    public void close() {
        if (following != null) {
            following.close();
        }
        kms.close();
    }
}
