package io.k3j.resourcescrd;

import io.k3j.admissioncel.EngineReference;
import io.k3j.apiserverapi.KindCatalog;
import io.k3j.apiserverapi.KindHooks;
import io.k3j.celapi.Cel;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.Metrics;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.Controller;
import io.k3j.controllerkit.ControllerRunner;
import io.k3j.edgeapi.NodeDialer;
import io.k3j.metricstext.CustomResourceMetrics;
import io.k3j.model.Obj;
import io.k3j.schema.Schemas;
import io.k3j.webhookclient.ServiceEndpoints;
import io.k3j.webhookclient.WebhookClient;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/// Watches the definitions and registers their rows with the API server, with a new generation after every change. Two
/// loops write: one their names and conditions, the other what becomes of those that go; each comes back after a fault.
@Component(service = {}, immediate = true)
public final class CustomKinds {
    private static final Logger LOG = System.getLogger("io.k3j.resourcescrd");
    /// One with very many objects does not keep the others waiting.
    private static final int CLEANING = 2;
    private final ApiClient api;
    private final Health health;
    private final Schemas schemas = new Schemas();
    private final Definitions definitions = new Definitions(schemas);
    private final Controller naming;
    private final Controller cleaning;
    private final WebhookClient webhooks;
    private final BundleContext context;
    private final EngineReference engines = new EngineReference();
    private final CustomResourceMetrics metrics = new CustomResourceMetrics(System::nanoTime);
    private List<ServiceRegistration<?>> hooks = List.of();
    private @Nullable View view;
    private @Nullable ControllerRunner runner;
    private volatile @Nullable ServiceRegistration<KindCatalog> catalog;
    private long generation;

    /// Does nothing yet: see [#activate].
    @Activate
    public CustomKinds(@Reference ApiClient api, BundleContext context, @Reference Health health) {
        this(api, context, health, TimeSource.system());
    }

    CustomKinds(ApiClient api, BundleContext context, Health health, TimeSource time) {
        this.api = api;
        this.context = context;
        this.health = health;
        this.naming = new Controller("crd-naming", api, time,
                new NamingConditions(definitions, time, this::publish));
        this.cleaning = new Controller("crd-finalizer", api, time, new Cleanup(definitions, time));
        this.webhooks = new WebhookClient(new ServiceEndpoints(api, RandomGenerator.getDefault()),
                ConversionWebhook.limits(), System::nanoTime);
    }

    /// Starts, and drives the loops.
    @Activate
    void activate() {
        start();
        runner = new ControllerRunner("custom-kinds", health).drive(naming, 1).drive(cleaning, CLEANING);
    }

    /// Lets each loop take one step; for tests, which drive them themselves.
    /// @return whether any had something to do
    boolean step() {
        return naming.step() | cleaning.step();
    }

    /// Loads all definitions before it registers them; when the list fails, those that the view delivers. What rules
    /// are evaluated by is bound already, so that no write is refused at a start because it is not.
    void start() {
        RuleEngine rules = new RuleEngine(engines, System::nanoTime, metrics);
        // hooks first: without those of its group the API server offers no view of definitions
        hooks = List.of(register(context, new DefinitionHooks(new RuleProblems(schemas, rules))),
                register(context, new CustomHooks(definitions, new ConversionWebhook(webhooks, UUID::randomUUID,
                        metrics), rules)),
                context.registerService(Metrics.class, metrics::text, null));
        View view;
        try {
            view = api.view(Definition.RESOURCE, Query.ALL);
        } catch (ApiFault e) {
            release();
            throw e;
        }
        this.view = view;
        begin(view);
        view.listen(new View.Listener() {
            @Override
            public void changed(@Nullable Obj before, @Nullable Obj after) {
                CustomKinds.this.changed(before, after);
            }

            @Override
            public void synced() {
                if (catalog == null) {
                    publish();
                }
            }
        });
    }

    /// The way to nodes; without one no webhook can be asked.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindDialer(NodeDialer dialer) {
        webhooks.dialer(dialer);
    }

    /// OSGi binds the successor first.
    void unbindDialer(NodeDialer dialer) {
        if (webhooks.dialer() == dialer) {
            webhooks.dialer(null);
        }
    }

    /// Loaded when the first rule is compiled.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindCel(Cel cel) {
        engines.bind(cel);
    }

    /// What it has compiled goes.
    void unbindCel(Cel cel) {
        engines.unbind(cel);
    }

    private void begin(View view) {
        try {
            view.list().forEach(definitions::put);
            publish();
        } catch (ApiFault e) {
            LOG.log(Level.WARNING, "Cannot read all CustomResourceDefinitions, serving the others error={0}",
                    e.getMessage());
        }
    }

    private static ServiceRegistration<KindHooks> register(BundleContext context, KindHooks hooks) {
        return context.registerService(KindHooks.class, hooks, new Hashtable<>(Map.of("group", hooks.group())));
    }

    private static Dictionary<String, ?> generation(long number) {
        return new Hashtable<>(Map.of(KindCatalog.GENERATION, number));
    }

    private void changed(@Nullable Obj before, @Nullable Obj after) {
        if (after == null) {
            if (before != null) {
                gone(before);
            }
            return;
        }
        if (definitions.put(after)) {
            publish();
        }
        if (!after.terminating()) {
            naming.queue().add(after.key());
        } else if (Cleanup.concerns(before, after)) {
            cleaning.queue().add(after.key());
        }
        if (before != null && TakenNames.freed(before, after)) {
            settleRefused(after);
        }
    }

    private void gone(Obj definition) {
        if (definitions.remove(definition.name())) {
            publish();
        }
        settleRefused(definition);
    }

    /// Another of the group may have waited for a name that this definition has given up.
    private void settleRefused(Obj definition) {
        definitions.others(definition.name()).stream()
                .filter(o -> TakenNames.group(o).equals(TakenNames.group(definition)))
                .filter(o -> DefinitionStatus.refused(o) && !o.terminating())
                .forEach(o -> naming.queue().add(o.key()));
    }

    private synchronized void publish() {
        webhooks.retain(definitions.all().stream().filter(Definition::converts).map(ConversionWebhook::config)
                .collect(Collectors.toSet()));
        metrics.retain(definitions.all().stream().map(d -> d.object().name()).collect(Collectors.toSet()));
        ServiceRegistration<KindCatalog> present = catalog;
        if (present == null) {
            KindCatalog rows = definitions::rows;
            catalog = context.registerService(KindCatalog.class, rows, generation(generation));
        } else {
            present.setProperties(generation(++generation));
        }
    }

    /// Unregisters rows and hooks; definitions and instances stay.
    @Deactivate
    public void stop() {
        View open = view;
        if (open != null) {
            open.close();
        }
        ControllerRunner driving = runner;
        if (driving != null) {
            driving.close();
        }
        ServiceRegistration<KindCatalog> present = catalog;
        if (present != null) {
            present.unregister();
        }
        release();
    }

    private void release() {
        hooks.forEach(ServiceRegistration::unregister);
        webhooks.close();
    }
}
