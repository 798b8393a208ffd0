package io.k3j.ingressresources;

import io.k3j.ingressrouting.BackendPort;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.LiveViews;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The endpoints of backends, found when they are asked for the first time and kept until the Service or one of its
/// slices changes: a change costs its own size. Any thread.
public final class BackendEndpoints {
    static final String SERVICE_LABEL = "kubernetes.io/service-name";
    private static final String BY_SERVICE = "service";
    private final LiveView services;
    private final LiveView slices;
    private final LiveView secrets;
    private final Map<Key, BackendTls> tls = new ConcurrentHashMap<>();
    private final Map<Key, Map<BackendPort, Endpoints>> known = new ConcurrentHashMap<>();

    /// Looks at Services, slices and Secrets in these views.
    public BackendEndpoints(LiveViews views) {
        services = views.of(BuiltinResources.SERVICES);
        slices = views.of(BuiltinResources.ENDPOINT_SLICES).index(BY_SERVICE, s -> List.of(service(s).toString()));
        secrets = views.of(BuiltinResources.SECRETS, IngressResources.CERTIFICATES);
        secrets.listen(this::secretChanged);
        services.listen((before, after) -> forget(before, after));
        slices.listen((before, after) -> {
            if (before != null) {
                known.remove(service(before));
            }
            if (after != null) {
                known.remove(service(after));
            }
        });
    }

    private void forget(@Nullable Obj before,
            @Nullable Obj after) {
        Obj one = after != null ? after : before;
        if (one != null) {
            known.remove(one.key());
        }
        if (after == null && one != null) {
            tls.remove(one.key());
        }
    }

    /// Which Services name a Secret is not looked up: they are of its namespace, and Secrets change seldom.
    private void secretChanged(@Nullable Obj before, @Nullable Obj after) {
        Obj one = after != null ? after : before;
        if (one != null) {
            known.keySet().removeIf(service -> service.namespace().equals(one.namespace()));
        }
    }

    private static Key service(Obj slice) {
        return new Key(slice.namespace(), slice.labels().getOrDefault(SERVICE_LABEL, ""));
    }

    /// The endpoints that are ready; those that end but still serve when there is no other.
    public Endpoints of(BackendPort backend) {
        Map<BackendPort, Endpoints> some = known.get(backend.service());
        Endpoints found = some == null ? null : some.get(backend);
        // computed inside, so that a change in between removes what was computed before it
        return found != null ? found : known.compute(backend.service(), (key, before) -> {
            Map<BackendPort, Endpoints> all = before == null ? new ConcurrentHashMap<>() : before;
            all.computeIfAbsent(backend, this::resolve);
            return all;
        }).getOrDefault(backend, Endpoints.NONE);
    }

    private Endpoints resolve(BackendPort backend) {
        Optional<Obj> service = services.get(backend.service());
        Optional<Struct> port = service.flatMap(s -> BackendProtocol.port(s, backend));
        if (port.isEmpty()) {
            return Endpoints.NONE;
        }
        Endpoints.Scheme scheme = BackendProtocol.scheme(service.get(), port.get());
        if (scheme == Endpoints.Scheme.EXTERNAL) {
            return Endpoints.of(scheme, List.of());
        }
        List<InetSocketAddress> ready = new ArrayList<>();
        List<InetSocketAddress> ending = new ArrayList<>();
        for (Obj slice : slices.by(BY_SERVICE, backend.service().toString())) {
            slice.tree().seq("ports").structs().stream().filter(p -> p.text("name").equals(port.get().text("name")))
                    .findFirst().ifPresent(p -> add(slice, (int) p.whole("port", 0), ready, ending));
        }
        BackendTls trusted = scheme == Endpoints.Scheme.HTTPS ? trusted(service.get()) : null;
        return Endpoints.of(scheme, trusted, ready.isEmpty() ? ending : ready);
    }

    /// Made anew only when what it is made of has changed: connections that are open are used on.
    private @Nullable BackendTls trusted(Obj service) {
        Optional<BackendTrust> wanted = BackendTrust.of(service);
        Optional<Obj> secret = wanted.flatMap(BackendTrust::authorities).flatMap(secrets::get);
        BackendTls before = tls.get(service.key());
        if (wanted.isEmpty() || before != null && before.madeOf(wanted.get(), secret)) {
            return wanted.isEmpty() ? null : before;
        }
        try {
            BackendTls made = BackendTls.of(wanted.get(), secret);
            tls.put(service.key(), made);
            return made;
        } catch (IllegalArgumentException unusable) {
            // an Event on the Ingress says so; nobody is believed
            tls.remove(service.key());
            return null;
        }
    }

    private static void add(Obj slice, int port, List<InetSocketAddress> ready, List<InetSocketAddress> ending) {
        for (Struct endpoint : slice.tree().seq("endpoints").structs()) {
            Struct conditions = endpoint.struct("conditions");
            boolean serving = conditions.flag("serving", true) && conditions.flag("terminating");
            if (port > 0 && (conditions.flag("ready", true) || serving)) {
                address(endpoint.seq("addresses").texts(), port)
                        .ifPresent((conditions.flag("ready", true) ? ready : ending)::add);
            }
        }
    }

    private static Optional<InetSocketAddress> address(List<String> addresses, int port) {
        try {
            // all of an endpoint's addresses are the same endpoint
            return addresses.stream().findFirst().map(InetAddress::ofLiteral).filter(Endpoints::usable)
                    .map(a -> new InetSocketAddress(a, port));
        } catch (IllegalArgumentException notAnAddress) {
            return Optional.empty();
        }
    }
}
