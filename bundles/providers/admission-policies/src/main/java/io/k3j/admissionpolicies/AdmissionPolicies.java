package io.k3j.admissionpolicies;

import io.k3j.admissioncel.BoundEngine;
import io.k3j.admissioncel.EngineReference;
import io.k3j.admissioncel.UnionAuthorizer;
import io.k3j.admissionmatching.RequestMatcher;
import io.k3j.admissionmatching.RequestNamespace;
import io.k3j.admissionpolicies.PolicyPlugin.Surroundings;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.KindCatalog;
import io.k3j.celapi.Cel;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Candidate;
import io.k3j.componentapi.Metrics;
import io.k3j.metricstext.MatchConditionMetrics;
import io.k3j.metricstext.MetricText;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/// The component: both plug-ins, and what enters this server into the election for the controllers' Lease, unless
/// `--disable-controller-manager` is given. The API server answers writes with 503 while they are away.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.admissionpolicies",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class AdmissionPolicies {
    private final Parts parts;
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();
    private final EngineReference engines = new EngineReference();
    private final BundleContext context;
    private final Settings settings;
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile List<Authorizer> authorizers = List.of();
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile List<KindCatalog> catalogs = List.of();

    /// The component's settings.
    public @interface Settings {
        /// `--disable-controller-manager`.
        boolean disableControllerManager() default false;
    }

    /// Reads no policy yet: that is done with the first write.
    @Activate
    public AdmissionPolicies(BundleContext context, Settings settings, @Reference ApiClient api) {
        this.context = context;
        this.settings = settings;
        parts = new Parts(api, engines, () -> authorizers, () -> catalogs, System::nanoTime);
    }

    /// Loaded when the first policy is evaluated.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindCel(Cel cel) {
        engines.bind(cel);
    }

    /// What it has compiled goes.
    void unbindCel(Cel cel) {
        engines.unbind(cel);
    }

    /// Offers the plug-ins, once what they evaluate by is bound: no write is refused at a start because it is not.
    @Activate
    void begin() {
        parts.plugins().forEach((place, plugin) -> {
            Dictionary<String, Object> order = new Hashtable<>(Map.of(Admission.ORDER, place));
            registrations.add(context.registerService(Admission.class, plugin, order));
        });
        parts.metrics().forEach(m -> registrations.add(context.registerService(Metrics.class, m, null)));
        if (!settings.disableControllerManager()) {
            Candidate candidate = () -> Candidate.CONTROLLERS;
            registrations.add(context.registerService(Candidate.class, candidate, null));
        }
    }

    /// Withdraws the plug-ins; evaluations under way end by themselves.
    @Deactivate
    void stop() {
        registrations.forEach(ServiceRegistration::unregister);
        parts.close();
    }

    /// What it consists of, without OSGi.
    static final class Parts implements AutoCloseable {
        final PolicySource<ValidatingProgram> validating;
        final PolicySource<MutatingProgram> mutating;
        private final PolicyMetrics checks = new PolicyMetrics("validating");
        private final PolicyMetrics mutations = new PolicyMetrics("mutating");
        private final MatchConditionMetrics conditions = new MatchConditionMetrics("policy");
        final PolicyParams params;
        private final RequestNamespace namespaces;
        private final Surroundings around;
        private final LongSupplier nanos;

        Parts(ApiClient api, Supplier<@Nullable BoundEngine> cel, Supplier<List<Authorizer>> authorizers,
                Supplier<List<KindCatalog>> catalogs, LongSupplier nanos) {
            this.nanos = nanos;
            params = new PolicyParams(api, new ServedKinds(catalogs));
            namespaces = new RequestNamespace(api);
            around = new Surroundings(new RequestMatcher(namespaces), params, namespaces,
                    new UnionAuthorizer(authorizers), cel, conditions);
            validating = new PolicySource<>(api, "validatingadmissionpolicies", ValidatingProgram::of,
                    hooks -> changed(checks, hooks));
            mutating = new PolicySource<>(api, "mutatingadmissionpolicies", MutatingProgram::of,
                    hooks -> changed(mutations, hooks));
        }

        /// The plug-ins by their places.
        Map<Integer, Admission> plugins() {
            return Map.of(MutatingPolicies.PLACE, new MutatingPolicies(mutating, around, mutations, nanos),
                    ValidatingPolicies.PLACE, new ValidatingPolicies(validating, around, checks, nanos));
        }

        List<Metrics> metrics() {
            return List.of(checks, mutations, () -> {
                MetricText text = new MetricText();
                conditions.to(text);
                return text.toString();
            });
        }

        /// What belongs to policies that are not enforced any more goes; what both sorts share only when both are
        /// known.
        private void changed(PolicyMetrics metrics, List<? extends PolicyHook<?>> hooks) {
            metrics.retain(hooks.stream().map(h -> h.policy().name()).collect(Collectors.toSet()));
            List<PolicyHook<ValidatingProgram>> first = validating.known();
            List<PolicyHook<MutatingProgram>> second = mutating.known();
            if (first != null && second != null) {
                conditions.retain(Stream.<List<? extends PolicyHook<?>>>of(first, second).flatMap(List::stream)
                        .map(h -> h.policy().name()).collect(Collectors.toSet()));
                params.retain(Stream.<List<? extends PolicyHook<?>>>of(first, second).flatMap(List::stream)
                        .flatMap(PolicyParams::selections).collect(Collectors.toSet()));
            }
        }

        @Override
        public void close() {
            validating.close();
            mutating.close();
            params.close();
            namespaces.close();
        }
    }
}
