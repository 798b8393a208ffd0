package io.k3j.ingressresources;

import io.k3j.ingressrouting.IngressObjects;
import io.k3j.ingressrouting.Routing;
import io.k3j.clientapi.ApiClient;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Controller;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Writes into each Ingress that is served the addresses of the Service `traefik`, and tells by Events what of it is
/// not served; nothing while the chart of Traefik is there, whose Ingresses they are then. One worker on one server.
public final class IngressStatuses implements Reconciler, AutoCloseable {
    private static final Key SECRETS = Key.of("");
    /// A HelmChartConfig has the name that an Ingress beside it may have, too.
    private static final Key CONFIG = Key.of("config");
    private static final String BY_SERVICE = "service";
    private final IngressResources objects;
    private final LiveView services;
    private final Events events;
    private final Controller loop;
    private final AtomicBoolean stale = new AtomicBoolean(true);
    private final Map<Key, List<Routing.Problem>> told = new HashMap<>();
    /// Only says what is wrong with Secrets; nobody is shown anything by it.
    private final Certificates certificates;
    private final HelmObject replacement;
    private final HelmObject config;
    private final ApiClient api;
    private Routing routing = Routing.empty();
    private Set<Key> served = Set.of();
    private Map<Key, String> broken = Map.of();

    private IngressStatuses(ControllerContext desk, Certificates certificates) {
        objects = new IngressResources(desk.views());
        services = desk.views().of(BuiltinResources.SERVICES);
        objects.ingresses().index(BY_SERVICE,
                i -> IngressObjects.backends(i).stream().map(b -> b.service().toString()).distinct().toList());
        events = desk.ownEvents("ingress-controller");
        loop = desk.loop("ingress", this);
        this.certificates = certificates;
        api = desk.api();
        TimeSource clock = desk.clock();
        replacement = HelmObject.chart(desk.views(), clock, this::again);
        config = HelmObject.config(desk.views(), clock, this::again);
    }

    /// Adds the loop.
    ///
    /// @return to be closed after the desk
    public static IngressStatuses add(ControllerContext desk, Certificates certificates) {
        IngressStatuses all = new IngressStatuses(desk, certificates);
        all.loop.on(all.objects.ingresses(), all::changed).on(all.objects.classes(), all::everything)
                .on(all.objects.secrets(), all::everything).on(all.services, all::serviceChanged)
                .on(all.replacement.definitions(), all::everything)
                .on(all.config.definitions(), all::everything);
        return all;
    }

    private void again() {
        everything(SECRETS).forEach(loop.queue()::add);
    }

    private List<Key> changed(Obj ingress) {
        stale.set(true);
        return List.of(ingress.key());
    }

    private List<Key> serviceChanged(Obj service) {
        return service.key().equals(IngressPublication.SERVICE) ? everything(service)
                : objects.ingresses().by(BY_SERVICE, service.key().toString()).stream().map(Obj::key).toList();
    }

    private List<Key> everything(Object any) {
        stale.set(true);
        return List.of(SECRETS);
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        if (!(replacement.known(api) & config.known(api))) {
            return Requeue.after(Duration.ofSeconds(1));
        }
        if (replacement.present()) {
            told.clear();
            return Requeue.NEVER;
        }
        if (stale.getAndSet(false)) {
            load();
        }
        if (key.equals(SECRETS)) {
            config.get().ifPresentOrElse(c -> tell(CONFIG, c, IngressValues.of(config.get()).problems()),
                    () -> told.remove(CONFIG));
            objects.ingresses().list().forEach(i -> loop.queue().add(i.key()));
            return Requeue.NEVER;
        }
        Optional<Obj> ingress = objects.ingresses().get(key);
        if (ingress.isEmpty()) {
            told.remove(key);
            return Requeue.NEVER;
        }
        if (served.contains(key)) {
            tell(ingress.get());
            write(ingress.get(), addresses(), writer);
        }
        return Requeue.NEVER;
    }

    /// What changes for other Ingresses by the change of one makes them due: one of them may have waited for its host.
    private void load() {
        Map<Key, List<Routing.Problem>> before = routing.problems();
        routing = objects.routing(routing.claims());
        served = routing.served().stream().map(Obj::key).collect(Collectors.toSet());
        broken = certificates.use(routing.certificates(), objects::secret);
        Set<Key> either = new HashSet<>(before.keySet());
        either.addAll(routing.problems().keySet());
        either.stream().filter(k -> !Objects.equals(before.get(k), routing.problems().get(k)))
                .forEach(loop.queue()::add);
    }

    /// As many as are written at once about one object: of a long Ingress there may be any number.
    private void tell(Obj ingress) {
        Stream<Routing.Problem> secrets = ingress.spec().seq("tls").structs().stream()
                .flatMap(tls -> broken(new Key(ingress.namespace(), tls.text("secretName"))));
        Stream<Routing.Problem> backends = IngressObjects.backends(ingress).stream()
                .flatMap(b -> services.get(b.service()).stream()
                        .flatMap(s -> Stream.concat(BackendProtocol.problem(s, b, objects::secret).stream(),
                                BackendProtocol.annotations(s).stream())));
        tell(ingress.key(), ingress,
                Stream.of(routing.problems().getOrDefault(ingress.key(), List.of()).stream(), secrets, backends)
                        .flatMap(some -> some).distinct().limit(Routing.MOST_PROBLEMS).toList());
    }

    private Stream<Routing.Problem> broken(Key secret) {
        return Optional.ofNullable(broken.get(secret)).map(why -> new Routing.Problem("InvalidCertificate", why))
                .stream();
    }

    private void tell(Key key, Obj about, List<Routing.Problem> problems) {
        List<Routing.Problem> before = told.getOrDefault(key, List.of());
        problems.stream().filter(p -> !before.contains(p))
                .forEach(p -> events.warning(about, p.reason(), p.message()));
        told.put(key, List.copyOf(problems));
    }

    @Override
    public void close() {
        replacement.close();
        config.close();
    }

    private Seq addresses() {
        return Seq.copyOf(services.get(IngressPublication.SERVICE).stream()
                .flatMap(s -> s.status().struct("loadBalancer").seq("ingress").structs().stream())
                .map(a -> Struct.builder().putUnlessEmpty("hostname", a.text("hostname"))
                        .putUnlessEmpty("ip", a.text("ip")).build())
                .toList());
    }

    /// An Ingress of another class is left alone, whoever's addresses it has.
    static void write(Obj ingress, Seq addresses, ExpectingWriter writer) {
        if (!ingress.status().struct("loadBalancer").seq("ingress").equals(addresses)) {
            Struct balancer = addresses.isEmpty() ? Struct.EMPTY : Struct.of("ingress", addresses);
            writer.updateStatus(BuiltinResources.INGRESSES, ingress, ingress.status().with("loadBalancer", balancer));
        }
    }
}
