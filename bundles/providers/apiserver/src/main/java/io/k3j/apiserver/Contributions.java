package io.k3j.apiserver;

import io.k3j.apiserverapi.Action;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.AggregatedApis;
import io.k3j.apiserverapi.Audit;
import io.k3j.apiserverapi.Authenticator;
import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Connect;
import io.k3j.apiserverapi.KindCatalog;
import io.k3j.apiserverapi.KindHooks;
import io.k3j.apiserverapi.Lister;
import io.k3j.clientapi.Term;
import io.k3j.componentapi.Metrics;
import io.k3j.model.Gvr;
import io.k3j.objectregistry.Completeness;
import io.k3j.objectregistry.KeyedSlot;
import io.k3j.objectregistry.Kinds;
import io.k3j.objectregistry.Slot;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The services that other bundles contribute to the server: one slot for each service type, which keeps all
/// generations in rank order. For any thread.
final class Contributions {
    private final Signal signal = new Signal();
    private final ReplacementWait replacementWait;
    private final Kinds kinds = new Kinds();
    private final Slot<Authenticator> authenticators = Slot.highestFirst(Completeness.remembered());
    private final Slot<Authorizer> authorizers;
    private final Slot<Admission> admissions;
    private final Slot<Audit> audits;
    private final boolean audited;
    private final KeyedSlot<Path, Action> actions = new KeyedSlot<>(a -> Path.of(a.resource(), a.subresource()));
    private final KeyedSlot<Path, Connect> connects = new KeyedSlot<>(c -> Path.of(c.resource(), c.subresource()));
    private final KeyedSlot<Gvr, Lister> listers = new KeyedSlot<>(Lister::resource);
    private final AggregatorSlot aggregator = new AggregatorSlot(signal);
    private final KeyedSlot<String, Term> terms = new KeyedSlot<>(t -> t.lease().name());
    private final Set<Metrics> metrics = new CopyOnWriteArraySet<>();
    private final List<Point<?>> points;

    /// A resource in any version, with one of its subresources.
    private record Path(String group, String resource, String subresource) {
        static Path of(Gvr gvr, String subresource) {
            return new Path(gvr.group(), gvr.resource(), subresource);
        }
    }

    /// How is waited at a signal.
    @FunctionalInterface
    interface Waiting {
        /// As [Signal#await].
        boolean await(Signal signal, BooleanSupplier wanted, long millis);
    }

    /// A service type and the slot of its services.
    private record Point<T>(Class<T> type, BiConsumer<T, Map<String, ?>> add, Consumer<T> remove) {
        void added(Object service, Map<String, ?> properties) {
            add.accept(type.cast(service), properties);
        }

        void removed(Object service) {
            remove.accept(type.cast(service));
        }
    }

    /// @param modes the authorizers that must be present before a refusal is final
    /// @param plugins the admission plug-ins that must be present before anything is written
    /// @param disabled those that are not asked, whoever brings them
    Contributions(Set<String> modes, Set<String> plugins, Set<String> disabled) {
        this(modes, plugins, disabled, false);
    }

    /// @param audited whether nothing is done that nobody has recorded
    Contributions(Set<String> modes, Set<String> plugins, Set<String> disabled, boolean audited) {
        this(modes, plugins, disabled, audited, Signal::await);
    }

    /// @param wait how is waited for what is being replaced
    Contributions(Set<String> modes, Set<String> plugins, Set<String> disabled, boolean audited, Waiting wait) {
        this.audited = audited;
        this.replacementWait = new ReplacementWait((wanted, millis) -> wait.await(signal, wanted, millis),
                this::states);
        audits = Slot.highestFirst(Completeness.declared(audited ? Set.of("audit") : Set.of(), _ -> "audit"));
        authorizers = Slot.highestFirst(Completeness.declaredAndRemembered(modes, e -> e.text(Authorizer.NAME),
                PluginCalls::guards));
        admissions = Slot.lowestFirst(Admission.ORDER,
                Completeness.declaredAndRemembered(plugins, e -> e.service().name()));
        points = List.of(new Point<>(KindCatalog.class, kinds::put, kinds::remove),
                new Point<>(KindHooks.class, kinds::put, kinds::remove),
                new Point<>(Authenticator.class, into(authenticators), authenticators::remove),
                new Point<>(Authorizer.class, into(authorizers), authorizers::remove),
                new Point<>(Admission.class, (admission, properties) -> {
                    if (disabled.isEmpty() || !disabled.contains(name(admission))) {
                        into(admissions).accept(admission, properties);
                    }
                }, admissions::remove),
                new Point<>(Audit.class, audits::add, audits::remove),
                new Point<>(Action.class, actions::add, actions::remove),
                new Point<>(Connect.class, connects::add, connects::remove),
                new Point<>(Lister.class, listers::add, listers::remove),
                new Point<>(AggregatedApis.class, aggregator::add, aggregator::remove),
                new Point<>(Term.class, terms::add, terms::remove),
                new Point<>(Metrics.class, (m, _) -> metrics.add(m), metrics::remove));
    }

    private static <T> BiConsumer<T, Map<String, ?>> into(Slot<T> slot) {
        return (service, properties) -> slot.add(service, properties, PluginCalls.sort(service));
    }

    /// One that does not tell its name is not the one that is disabled.
    private static String name(Admission admission) {
        try {
            return admission.name();
        } catch (RuntimeException e) {
            System.getLogger("io.k3j.apiserver").log(System.Logger.Level.WARNING,
                    "Admission plug-in does not tell its name admission=" + admission, e);
            return "";
        }
    }

    /// The names of the tracked service types.
    List<String> types() {
        return points.stream().map(p -> p.type.getName()).toList();
    }

    /// Those of the tracked service types that have these names.
    List<Class<?>> types(Collection<String> names) {
        return points.stream().<Class<?>>map(p -> p.type).filter(type -> names.contains(type.getName())).toList();
    }

    /// Adds a service, or updates its properties.
    /// @param types the names under which it is registered
    /// @param properties with the owner ([Slot#OWNER])
    void add(Object service, Collection<String> types, Map<String, ?> properties) {
        points.stream().filter(p -> types.contains(p.type.getName())).forEach(p -> p.added(service, properties));
        signal.raise();
    }

    /// The resources that a service has brought which is about to be removed.
    Set<Gvr> brought(Object service) {
        return service instanceof KindCatalog catalog ? kinds.broughtBy(catalog) : Set.of();
    }

    /// A bundle was taken out for good: nobody waits for what it had any more.
    /// @param owner its symbolic name
    /// @param resources that it had brought
    void forget(String owner, Collection<Gvr> resources) {
        authenticators.forget(owner);
        authorizers.forget(owner);
        admissions.forget(owner);
        if (!resources.isEmpty()) {
            kinds.forget(resources);
        }
        signal.raise();
    }

    /// Removes a service.
    void remove(Object service, Collection<String> types) {
        points.stream().filter(p -> types.contains(p.type.getName())).forEach(p -> p.removed(service));
    }

    /// The signal that is raised when a service is added.
    Signal signal() {
        return signal;
    }

    /// Waits up to two seconds for services that are being replaced. Returns also without them, and at once when that
    /// was in vain before ([ReplacementWait]): the code that needs a missing one answers 503.
    void awaitComplete() {
        replacementWait.await(this::complete);
    }

    /// What [#complete] looks at.
    private List<Object> states() {
        return List.of(authenticators.state(), authorizers.state(), admissions.state(), kinds.state());
    }

    /// Whether no service is missing that this server's own objects need: all but the aggregator ([AggregatorSlot]).
    boolean complete() {
        return accessControlComplete() && kinds.complete();
    }

    /// Whether it is known who may read what: admission decides about writes only, and a plug-in that is being replaced
    /// reads before it decides.
    boolean readable() {
        return authorizers.state().complete() && kinds.complete();
    }

    /// Whether all authenticators, authorizers and admission plug-ins are present.
    boolean accessControlComplete() {
        return authenticators.state().complete() && authorizers.state().complete() && admissions.state().complete();
    }

    /// Which of them are missed, or whose, as an operator reads it; empty when none is.
    String accessControlMissed() {
        return Stream.of(authenticators.state().missed("authenticator"), authorizers.state().missed("authorizer"),
                admissions.state().missed("admission plug-in")).flatMap(List::stream)
                .collect(Collectors.joining(", "));
    }

    Kinds kinds() {
        return kinds;
    }

    Slot<Authenticator> authenticators() {
        return authenticators;
    }

    Slot<Authorizer> authorizers() {
        return authorizers;
    }

    Slot<Admission> admissions() {
        return admissions;
    }

    /// Who knows what other servers serve.
    AggregatorSlot aggregator() {
        return aggregator;
    }

    /// Whether nothing is done that nobody has recorded.
    boolean audited() {
        return audited;
    }

    /// Who records requests.
    Slot<Audit> audits() {
        return audits;
    }

    /// The actions: POSTs that are not plain creates.
    KeyedSlot<?, Action> actions() {
        return actions;
    }

    /// The connection handlers.
    KeyedSlot<?, Connect> connects() {
        return connects;
    }

    /// The leadership terms of this server, by the name of the Lease.
    KeyedSlot<String, Term> terms() {
        return terms;
    }

    /// The leadership term for a Lease; null when this server does not lead or there is no election.
    @Nullable
    Term term(String lease) {
        return terms.get(lease);
    }

    /// What the other components of this process count, in Prometheus' text form.
    String metrics() {
        return metrics.stream().map(Metrics::text).collect(Collectors.joining());
    }

    /// Who shows the objects of a resource that is not stored.
    Optional<Lister> lister(Gvr resource) {
        return Optional.ofNullable(listers.get(resource));
    }

    /// The action of a resource and subresource.
    Optional<Action> action(Gvr resource, String subresource) {
        return Optional.ofNullable(actions.get(Path.of(resource, subresource)));
    }

    /// The connection handler of a resource and subresource.
    Optional<Connect> connect(Gvr resource, String subresource) {
        return Optional.ofNullable(connects.get(Path.of(resource, subresource)));
    }
}
