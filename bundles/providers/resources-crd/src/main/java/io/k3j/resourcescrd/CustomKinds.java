package io.k3j.resourcescrd;

import io.k3j.admissioncel.EngineReference;
import io.k3j.apiserverapi.KindCatalog;
import io.k3j.apiserverapi.KindHooks;
import io.k3j.celapi.Cel;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.clientapi.WriteOptions;
import io.k3j.edgeapi.NodeDialer;
import io.k3j.model.Obj;
import io.k3j.schema.Schemas;
import io.k3j.webhookclient.ServiceEndpoints;
import io.k3j.webhookclient.WebhookClient;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
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

/// Watches the definitions: maintains their status and registers their rows with the API server, with a new
/// generation after every change.
@Component(service = {}, immediate = true)
public final class CustomKinds {
    private static final Logger LOG = System.getLogger("io.k3j.resourcescrd");
    private final ApiClient api;
    private final InstantSource clock = InstantSource.system();
    private final Schemas schemas = new Schemas();
    private final Definitions definitions = new Definitions(schemas);
    private final Cleanup cleanup;
    private final WebhookClient webhooks;
    private final BundleContext context;
    private final EngineReference engines = new EngineReference();
    private List<ServiceRegistration<KindHooks>> hooks = List.of();
    private @Nullable View view;
    private volatile @Nullable ServiceRegistration<KindCatalog> catalog;
    private long generation;

    /// Does nothing yet: see [#start].
    @Activate
    public CustomKinds(@Reference ApiClient api, BundleContext context) {
        this.api = api;
        this.context = context;
        this.cleanup = new Cleanup(api);
        this.webhooks = new WebhookClient(new ServiceEndpoints(api, RandomGenerator.getDefault()),
                ConversionWebhook.limits(), System::nanoTime);
    }

    /// Loads all definitions before it registers them; when the list fails, those that the view delivers. What rules
    /// are evaluated by is bound already, so that no write is refused at a start because it is not.
    @Activate
    void start() {
        RuleEngine rules = new RuleEngine(engines, System::nanoTime);
        // hooks first: without those of its group the API server offers no view of definitions
        hooks = List.of(register(context, new DefinitionHooks(new RuleProblems(schemas, rules))),
                register(context, new CustomHooks(definitions, new ConversionWebhook(webhooks, UUID::randomUUID),
                        rules)));
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
        if (after.terminating()) {
            definitions.named(after.name()).ifPresent(cleanup::begin);
        } else {
            settle(after);
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
                .filter(o -> DefinitionStatus.refused(o) && !o.terminating()).forEach(this::settle);
    }

    private void publish() {
        webhooks.retain(definitions.all().stream().filter(Definition::converts).map(ConversionWebhook::config)
                .collect(Collectors.toSet()));
        ServiceRegistration<KindCatalog> present = catalog;
        if (present == null) {
            KindCatalog rows = definitions::rows;
            catalog = context.registerService(KindCatalog.class, rows, generation(generation));
        } else {
            present.setProperties(generation(++generation));
        }
    }

    private void settle(Obj definition) {
        List<Obj> others = definitions.others(definition.name());
        Obj wanted = DefinitionStatus.of(definition, others, clock.instant());
        if (wanted.equals(definition)) {
            return;
        }
        try {
            // known before the view tells of it: whoever is settled next must not be given the same names
            if (definitions.put(api.update(Definition.RESOURCE, wanted, WriteOptions.STATUS))) {
                publish();
            }
        } catch (ApiFault e) {
            // on a conflict the listener is about to receive a newer version
            LOG.log(e.code() == 409 || e.code() == 404 ? Level.DEBUG : Level.WARNING,
                    "definition status name={0} reason={1}", definition.name(), e.getMessage());
        }
    }

    /// Unregisters rows and hooks; definitions and instances stay.
    @Deactivate
    public void stop() {
        View open = view;
        if (open != null) {
            open.close();
        }
        ServiceRegistration<KindCatalog> present = catalog;
        if (present != null) {
            present.unregister();
        }
        release();
    }

    private void release() {
        cleanup.close();
        hooks.forEach(ServiceRegistration::unregister);
        webhooks.close();
    }
}
