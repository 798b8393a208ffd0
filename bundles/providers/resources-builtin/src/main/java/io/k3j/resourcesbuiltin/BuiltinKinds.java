package io.k3j.resourcesbuiltin;

import io.k3j.apiserverapi.KindCatalog;
import io.k3j.apiserverapi.KindHooks;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.celapi.Cel;
import io.k3j.componentapi.Abort;
import io.k3j.componentbase.FeatureGates;
import io.k3j.componentbase.ServerStart;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.printers.Cells;
import io.k3j.schema.Schemas;
import io.k3j.schema.Shape;
import java.util.Collection;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
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

/// Registers the catalog of built-in kinds and the hooks of every group.
@Component(service = KindCatalog.class, immediate = true, property = "generation:Long=1",
        configurationPid = "io.k3j.resourcesbuiltin", configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class BuiltinKinds implements KindCatalog {
    /// The group whose hooks belong to the bundle `resources-crd`.
    private static final String ELSEWHERE = "apiextensions.k8s.io";
    private final KindTable table;
    private final List<ServiceRegistration<KindHooks>> hooks;
    /// Loaded when an expression is checked.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Cel cel;

    /// The settings.
    public @interface Settings {
        /// `--disable-network-policy`.
        boolean disableNetworkPolicy() default false;

        /// `--disable`, which may name it too.
        String[] disable() default {};

        /// `--kube-apiserver-arg`, as `name=value`: `runtime-config`, `feature-gates` and `event-ttl`.
        String[] kubeApiserverArg() default {};
    }

    /// Reads the table and registers the hooks of its groups.
    ///
    /// @throws IllegalArgumentException for a wrong argument, which ends the process while it starts
    @Activate
    public BuiltinKinds(BundleContext context, Settings settings,
            @Reference(cardinality = ReferenceCardinality.OPTIONAL) @Nullable Abort abort) {
        this(context, !settings.disableNetworkPolicy() && !List.of(settings.disable()).contains("network-policy"),
                null, served(context, abort, settings.kubeApiserverArg()));
    }

    private static Served served(BundleContext context, @Nullable Abort abort, String... arguments) {
        try {
            return Served.of(ApiEnablement.of(arguments), EventRules.of(arguments));
        } catch (IllegalArgumentException e) {
            if (abort != null && ServerStart.goesOn(context)) {
                abort.abort(String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    /// The same without OSGi.
    ///
    /// @param networkPolicies whether this cluster enforces NetworkPolicies; if not, who writes one is told
    /// @param cel the engine of expressions; without one they are not taken
    public BuiltinKinds(BundleContext context, boolean networkPolicies, @Nullable Cel cel) {
        this(context, networkPolicies, cel, Served.of(ApiEnablement.DEFAULT, new EventRules()));
    }

    private BuiltinKinds(BundleContext context, boolean networkPolicies, @Nullable Cel cel, Served served) {
        this.cel = cel;
        this.table = served.table();
        this.hooks = hooks(table, networkPolicies, () -> this.cel, served.gates(), served.events()).stream()
                .map(h -> context.registerService(KindHooks.class, h,
                        new Hashtable<>(Map.of("group", h.group()))))
                .toList();
    }

    /// The kinds that are served, the feature gates by which they are, and how long Events live.
    private record Served(KindTable table, FeatureGates gates, EventRules events) {
        static Served of(ApiEnablement enablement, EventRules events) {
            Schemas schemas = new Schemas();
            return new Served(KindTable.builtIn(kind -> shape(schemas, kind), enablement), enablement.gates(), events);
        }
    }

    private static Shape shape(Schemas schemas, Gvk kind) {
        return schemas.shape(kind).orElseThrow(() -> new IllegalStateException("no schema for " + kind));
    }

    /// The hooks of every group in a table.
    ///
    /// @param gates the feature gates of the API server
    static List<GroupHooks> hooks(KindTable table, boolean networkPolicies, Supplier<@Nullable Cel> cel,
            FeatureGates gates) {
        return hooks(table, networkPolicies, cel, gates, new EventRules());
    }

    @SuppressWarnings("checkstyle:ParameterNumber") // each comes from elsewhere
    private static List<GroupHooks> hooks(KindTable table, boolean networkPolicies, Supplier<@Nullable Cel> cel,
            FeatureGates gates, EventRules events) {
        Cells cells = new Cells();
        Map<String, KindRules> rules = new HashMap<>(AllRules.byKind(table, networkPolicies, cel));
        rules.put("Event", events);
        RequiredFields required = new RequiredFields(table.kinds());
        DisabledFields disabled = new DisabledFields(gates);
        return table.kinds().stream().map(k -> k.gvk().group()).distinct()
                .filter(g -> !g.equals(ELSEWHERE))
                .map(g -> new GroupHooks(g, table, cells, rules, required, disabled)).toList();
    }

    @Override
    public Collection<ResourceKind> kinds() {
        return table.kinds();
    }

    /// Unregisters the hooks.
    @Deactivate
    public void stop() {
        hooks.forEach(ServiceRegistration::unregister);
    }
}
