package io.k3j.aggregator;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/// Keeps the ConfigMap `kube-system/extension-apiserver-authentication`, from which other API servers learn whose
/// client certificates to believe, and who may name users in headers; upstream's
/// ClusterAuthenticationTrustController. A change of authorities is there within a minute; those that a first start
/// still makes are waited for, and whoever hears that they are there makes [#KEY] due. What other servers of the
/// cluster have said stays ([CombinedTrust]), certificates until they expire.
final class ExtensionAuthentication implements Reconciler {
    static final Key KEY = new Key("kube-system", "extension-apiserver-authentication");
    private static final Duration AGAIN = Duration.ofMinutes(1);
    /// How long a server's first start may take to make its authorities, which happens beside this.
    private static final Duration MADE_WITHIN = Duration.ofMinutes(1);
    private static final Gvr CONFIG_MAPS = Gvr.of("v1", "configmaps");
    private static final Gvr NAMESPACES = Gvr.of("v1", "namespaces");
    private static final Struct AUTHORITIES = Struct.of("client-ca-file", "client-ca.crt",
            "requestheader-client-ca-file", "request-header-ca.crt");
    private static final Struct NAMES = Struct.builder().put("requestheader-allowed-names", "system:auth-proxy")
            .put("requestheader-extra-headers-prefix", "X-Remote-Extra-")
            .put("requestheader-group-headers", "X-Remote-Group").put("requestheader-uid-headers", "X-Remote-Uid")
            .put("requestheader-username-headers", "X-Remote-User").build();
    private final ApiClient api;
    private final Path tls;
    private final InstantSource clock;
    private final Instant begun;

    /// @param tls the directory `server/tls`
    ExtensionAuthentication(ApiClient api, Path tls, InstantSource clock) {
        this.api = api;
        this.tls = tls;
        this.clock = clock;
        this.begun = clock.instant();
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Duration patience = Duration.between(clock.instant(), begun.plus(MADE_WITHIN));
        if (patience.isPositive() && !made()) {
            return Requeue.after(patience);
        }
        Optional<Obj> found = api.find(CONFIG_MAPS, KEY);
        if (found.isEmpty()) {
            create(combined(Struct.EMPTY));
        } else {
            Struct there = found.get().tree().struct("data");
            Struct wanted = combined(there);
            if (!wanted.equals(there)) {
                api.update(CONFIG_MAPS, found.get().with(wanted, "data"), WriteOptions.PLAIN);
            }
        }
        return Requeue.after(AGAIN);
    }

    private boolean made() {
        return AUTHORITIES.names().stream().allMatch(name -> Files.exists(tls.resolve(AUTHORITIES.text(name))));
    }

    /// In a new cluster nobody may have made the namespace yet.
    private void create(Struct data) {
        Obj map = Obj.of(Struct.of("apiVersion", "v1", "kind", "ConfigMap", "metadata",
                Struct.of("name", KEY.name(), "namespace", KEY.namespace()), "data", data));
        try {
            ensure(CONFIG_MAPS, map);
        } catch (ApiFault missing) {
            if (missing.code() != 404) {
                throw missing;
            }
            ensure(NAMESPACES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Namespace", "metadata",
                    Struct.of("name", KEY.namespace()))));
            ensure(CONFIG_MAPS, map);
        }
    }

    private void ensure(Gvr resource, Obj object) {
        try {
            api.create(resource, object, WriteOptions.PLAIN);
        } catch (ApiFault other) {
            if (!other.reason().equals("AlreadyExists")) {
                throw other;
            }
        }
    }

    /// Whatever else is there stays, too.
    private Struct combined(Struct there) {
        Struct.Builder data = there.toBuilder();
        for (String name : AUTHORITIES.names()) {
            data.put(name, CombinedTrust.certificates(there.text(name), text(AUTHORITIES.text(name)),
                    clock.instant()));
        }
        for (String name : NAMES.names()) {
            data.put(name, CombinedTrust.names(there.text(name), NAMES.text(name)));
        }
        return data.build();
    }

    private String text(String file) {
        try {
            return PemFiles.read(tls.resolve(file)).orElseThrow(
                    () -> new IOException(tls.resolve(file) + " is missing; start the server again to have it made"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
