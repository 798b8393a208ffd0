package io.k3j.admissionwebhooks;

import io.k3j.admissioncel.EngineReference;
import io.k3j.admissioncel.UnionAuthorizer;
import io.k3j.admissionmatching.ConfigurationSource;
import io.k3j.admissionmatching.RequestMatcher;
import io.k3j.admissionmatching.RequestNamespace;
import io.k3j.admissionwebhooks.WebhookConditions.Evaluation;
import io.k3j.admissionwebhooks.WebhookPlugin.Selection;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Authorizer;
import io.k3j.celapi.Cel;
import io.k3j.clientapi.ApiClient;
import io.k3j.componentapi.Abort;
import io.k3j.componentapi.Metrics;
import io.k3j.componentbase.ServerStart;
import io.k3j.edgeapi.NodeDialer;
import io.k3j.model.Gvr;
import io.k3j.webhookclient.ServiceEndpoints;
import io.k3j.webhookclient.WebhookClient;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
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

/// The component: both plug-ins. The API server answers writes with 503 while they are away. A configuration that is
/// wrong ends the process while it starts; later, when a new version of this bundle meets it, that one stops.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.admissionwebhooks",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class AdmissionWebhooks {
    private final Parts parts;
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();
    private final EngineReference engines = new EngineReference();
    private final BundleContext context;
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile List<Authorizer> authorizers = List.of();

    /// The settings.
    public @interface Settings {
        /// `--kube-apiserver-arg`, as `name=value`: the file of `admission-control-config-file`.
        String[] kubeApiserverArg() default {};
    }

    /// Reads no webhook yet: that is done with the first write.
    ///
    /// @throws IllegalArgumentException for a wrong `admission-control-config-file`
    @Activate
    public AdmissionWebhooks(BundleContext context, Settings settings, @Reference ApiClient api,
            @Reference(cardinality = ReferenceCardinality.OPTIONAL) @Nullable Abort abort) {
        this.context = context;
        parts = new Parts(api, credentials(context, abort, settings.kubeApiserverArg()),
                new Evaluation(engines, new UnionAuthorizer(() -> authorizers)), System::nanoTime, UUID::randomUUID,
                RandomGenerator.getDefault());
    }

    private static WebhookCredentials credentials(BundleContext context, @Nullable Abort abort, String... arguments) {
        try {
            return WebhookCredentials.of(arguments);
        } catch (IllegalArgumentException e) {
            if (abort != null && ServerStart.goesOn(context)) {
                abort.abort(String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    /// Loaded when the first match condition is evaluated.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindCel(Cel cel) {
        engines.bind(cel);
    }

    /// What it has compiled goes.
    void unbindCel(Cel cel) {
        engines.unbind(cel);
    }

    /// Offers the plug-ins, once what they ask is bound: no write is refused at a start because it is not.
    @Activate
    void begin() {
        parts.plugins().forEach((place, plugin) -> {
            Dictionary<String, Object> order = new Hashtable<>(Map.of(Admission.ORDER, place));
            registrations.add(context.registerService(Admission.class, plugin, order));
        });
        registrations.add(context.registerService(Metrics.class, parts.metrics, null));
    }

    /// The way to nodes; without one every call fails.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindDialer(NodeDialer dialer) {
        parts.client.dialer(dialer);
    }

    /// OSGi binds the successor first.
    void unbindDialer(NodeDialer dialer) {
        if (parts.client.dialer() == dialer) {
            parts.client.dialer(null);
        }
    }

    /// Withdraws the plug-ins; calls under way end by themselves.
    @Deactivate
    void stop() {
        registrations.forEach(ServiceRegistration::unregister);
        parts.close();
    }

    /// What it consists of, without OSGi.
    static final class Parts implements AutoCloseable {
        /// An answer may be a patch of 3 MiB, upstream's largest object, in base64.
        static final int MOST_ANSWER_BYTES = 4 << 20;
        /// To one server at once: whoever floods one that hangs leaves calls for others.
        static final int CALLS_OF_USER = WebhookClient.MOST_CALLS / 4;
        private static final String GROUP = "admissionregistration.k8s.io/v1";
        final WebhookMetrics metrics = new WebhookMetrics();
        final WebhookClient client;
        private final WebhookCalls calls;
        final ConfigurationSource<List<Webhook>> mutating;
        final ConfigurationSource<List<Webhook>> validating;
        private final RequestNamespace namespaces;
        private final Selection selection;

        /// Without credentials.
        Parts(ApiClient api, Evaluation conditions, LongSupplier nanos, Supplier<UUID> uids, RandomGenerator random) {
            this(api, WebhookCredentials.NONE, conditions, nanos, uids, random);
        }

        @SuppressWarnings("checkstyle:ParameterNumber") // each comes from elsewhere
        Parts(ApiClient api, WebhookCredentials credentials, Evaluation conditions, LongSupplier nanos,
                Supplier<UUID> uids, RandomGenerator random) {
            client = new WebhookClient(new ServiceEndpoints(api, random), new WebhookClient.Limits("admission-webhook",
                    "failed to call webhook: ", MOST_ANSWER_BYTES, CALLS_OF_USER), nanos);
            calls = new WebhookCalls(client, credentials, metrics, nanos, uids);
            namespaces = new RequestNamespace(api);
            selection = new Selection(new RequestMatcher(namespaces), conditions, metrics.conditions());
            mutating = source(api, "mutatingwebhookconfigurations");
            validating = source(api, "validatingwebhookconfigurations");
        }

        private ConfigurationSource<List<Webhook>> source(ApiClient api, String resource) {
            return new ConfigurationSource<>(api, Gvr.of(GROUP, resource), Webhook::of, this::changed);
        }

        /// The plug-ins by their places.
        Map<Integer, Admission> plugins() {
            return Map.of(MutatingWebhooks.PLACE, new MutatingWebhooks(mutating, selection, calls),
                    ValidatingWebhooks.PLACE, new ValidatingWebhooks(validating, selection, calls));
        }

        /// What belongs to webhooks that are not configured any more goes; while one sort is unknown, nothing does.
        private void changed() {
            List<List<Webhook>> first = mutating.known();
            List<List<Webhook>> second = validating.known();
            if (first == null || second == null) {
                return;
            }
            List<Webhook> all = Stream.of(first, second).flatMap(List::stream).flatMap(List::stream).toList();
            client.retain(all.stream().map(Webhook::client).collect(Collectors.toSet()));
            metrics.retain(all.stream().map(Webhook::name).collect(Collectors.toSet()));
            calls.retain(all);
        }

        @Override
        public void close() {
            mutating.close();
            validating.close();
            namespaces.close();
            client.close();
        }
    }
}
