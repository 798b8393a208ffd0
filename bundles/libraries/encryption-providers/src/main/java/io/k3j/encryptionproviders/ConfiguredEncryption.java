package io.k3j.encryptionproviders;

import io.k3j.apiserverapi.ResourceKind;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Metrics;
import io.k3j.componentbase.ConfigurationFile;
import io.k3j.componentbase.ConfigurationReload;
import io.k3j.encryption.RowCipher;
import io.k3j.encryption.UnreadableRow;
import io.k3j.metricstext.ApiServerId;
import io.k3j.metricstext.MetricText;
import io.k3j.metricstext.ReloadMetrics;
import io.k3j.watchcache.AtRest;
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
/// untouched, at the cost of one look-up. Any thread; nothing blocks.
public final class ConfiguredEncryption implements AtRest, AutoCloseable {
    private final ConfigurationFile file;
    private final StoredResources resources;
    private final ReloadMetrics reloads = ReloadMetrics.ofEncryption(ApiServerId.ofHost(), InstantSource.system());
    private final @Nullable Following following;
    private volatile Use use;

    /// A configuration in use, and what was found in it by prefix: as many as there are resources.
    private record Use(ResourceCiphers ciphers, Map<String, Optional<RowCipher>> known) {
        static Use of(byte[] file) {
            return new Use(new ResourceCiphers(ProvidersFile.parse(file), new SecureRandom()),
                    new ConcurrentHashMap<>());
        }
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
        public void use(byte[] content) {
            use = Use.of(content);
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
        this.file = new ConfigurationFile(Path.of(options.file()).toAbsolutePath());
        this.resources = new StoredResources(kinds);
        byte[] first;
        try {
            first = ProvidersFile.bytes(file);
            this.use = Use.of(first);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--kube-apiserver-arg=encryption-provider-config: error while parsing"
                    + " file: " + e.getMessage() + "; correct " + file.path() + " or leave the argument out", e);
        }
        reloads.configured(first);
        this.following = options.reload() ? new Following(first, health) : null;
    }

    /// Begins to follow the file, where that is wanted.
    public void start() {
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

    /// Reloads, under upstream's names.
    public Metrics metrics() {
        return () -> {
            MetricText text = new MetricText();
            reloads.text(text);
            return text.toString();
        };
    }

    private Optional<RowCipher> cipher(String storeKey) {
        Use now = use;
        String prefix = StoredResources.prefix(storeKey);
        Optional<RowCipher> known = now.known.get(prefix);
        if (known != null) {
            return known;
        }
        Optional<GroupResource> resource = resources.at(prefix);
        Optional<RowCipher> cipher = resource.flatMap(now.ciphers::of);
        if (resource.isPresent()) {
            now.known.put(prefix, cipher);
        }
        return cipher;
    }

    @Override
    public boolean covers(String storeKey) {
        return cipher(storeKey).isPresent();
    }

    @Override
    public byte[] seal(String storeKey, byte[] value) {
        Optional<RowCipher> cipher = cipher(storeKey);
        return cipher.isPresent() ? cipher.get().seal(storeKey, value) : value;
    }

    @Override
    public boolean current(String storeKey, byte[] value) {
        return cipher(storeKey).map(cipher -> cipher.current(storeKey, value))
                .orElseGet(() -> !RowCipher.sealed(value));
    }

    /// A row of a resource that is not known here, as of a kind that is not served, has the key of everything.
    @Override
    public byte[] open(String storeKey, byte[] value) {
        Optional<RowCipher> cipher = cipher(storeKey);
        if (cipher.isEmpty() && !RowCipher.sealed(value)) {
            return value;
        }
        try {
            return cipher.or(() -> use.ciphers.of(GroupResource.EVERYTHING))
                    .orElseThrow(() -> new UnreadableRow("it is encrypted with the key "
                            + RowCipher.keyName(value) + ", and no entry names its resource"))
                    .open(storeKey, value);
        } catch (UnreadableRow why) {
            throw new UnreadableRow("cannot decrypt " + storeKey + ": " + why.getMessage() + "; complete "
                    + file.path() + ", given by --kube-apiserver-arg=encryption-provider-config", why);
        }
    }

    /// Ends following the file; waits for that two seconds at most.
    @Override
    public void close() {
        if (following != null) {
            following.close();
        }
    }
}
