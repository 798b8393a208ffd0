package io.k3j.authwebhook;

import io.k3j.apiserverapi.Authorizer;
import io.k3j.celapi.Cel;
import io.k3j.componentapi.Abort;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Metrics;
import io.k3j.componentbase.BoundServices;
import io.k3j.componentbase.ServerStart;
import io.k3j.componentbase.SupervisedLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/// The component: reads flags and file beside the start, and contributes the order they ask for; until then nobody but
/// `system:masters` may do anything. A configuration that is wrong ends the process while it starts, as upstream's;
/// later, when a new version of this bundle meets it, that one stops.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.authwebhook",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class StructuredAuthorization {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(2);
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();
    private final AuthorizationMetrics metrics = new AuthorizationMetrics();
    private final AuthorizerChain chain = new AuthorizerChain(metrics);
    private final BundleContext context;
    private final Settings settings;
    private final Health health;
    private final HealthScope scope;
    private final Abort abort;
    private volatile @Nullable Cel cel;
    private volatile @Nullable ConfiguredAuthorizers running;
    private volatile @Nullable SupervisedLoop compiling;
    private boolean stopped;

    /// The component's settings.
    public @interface Settings {
        /// `--kube-apiserver-arg`, as `name=value`: those of authorization.
        String[] kubeApiserverArg() default {};
    }

    /// Reads nothing yet.
    @Activate
    public StructuredAuthorization(BundleContext context, Settings settings, @Reference Health health,
            @Reference Abort abort) {
        this.context = context;
        this.settings = settings;
        this.health = health;
        this.abort = abort;
        this.scope = health.scope("authorization");
    }

    /// Loaded when the first condition is compiled. What was compiled by another one is compiled again, so that it can
    /// go.
    @Reference(policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    void bindCel(Cel engine) {
        cel = engine;
        ConfiguredAuthorizers begun = running;
        if (begun != null) {
            begun.compiledBy(engine);
        }
    }

    /// Another one has been bound before, or the component stops.
    void unbindCel(Cel engine) {
        // what is bound counts
    }

    /// Authorizers of other bundles, under the modes they are named by.
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY, target = "(|(name=Node)(name=RBAC))")
    void bindAuthorizer(Authorizer authorizer, ServiceReference<Authorizer> service) {
        chain.add(String.valueOf(service.getProperty(Authorizer.NAME)), authorizer, BoundServices.registered(service));
    }

    /// It goes.
    void unbindAuthorizer(Authorizer authorizer) {
        chain.remove(authorizer);
    }

    /// Returns at once: what compiles conditions is loaded for the first one.
    @Activate
    void begin() {
        boolean starting = ServerStart.goesOn(context);
        SupervisedLoop loop = SupervisedLoop.platform(health, "authorization-start", () -> configure(starting));
        compiling = loop;
        loop.start();
    }

    private void configure(boolean starting) {
        Cel engine = Objects.requireNonNull(cel);
        ConfiguredAuthorizers made;
        try {
            made = new ConfiguredAuthorizers(AuthorizationOptions.of(settings.kubeApiserverArg()), engine, chain,
                    health, scope);
        } catch (IllegalArgumentException e) {
            scope.report(HealthLevel.STOPPED, String.valueOf(e.getMessage()));
            if (starting) {
                abort.abort(String.valueOf(e.getMessage()));
            }
            return;
        }
        contribute(made, engine);
    }

    /// @param by the engine that has compiled, which may have been replaced meanwhile
    private synchronized void contribute(ConfiguredAuthorizers made, Cel by) {
        if (stopped) {
            made.close();
            return;
        }
        running = made;
        Cel engine = Objects.requireNonNull(cel);
        if (!engine.equals(by)) {
            made.compiledBy(engine);
        }
        Dictionary<String, Object> order = new Hashtable<>(
                Map.of(Authorizer.NAME, AuthorizerChain.MODE, "service.ranking", AuthorizerChain.RANKING));
        registrations.add(context.registerService(Metrics.class, metrics, null));
        registrations.add(context.registerService(Authorizer.class, chain, order));
        // last: a predecessor goes once this says that it is well
        made.start();
    }

    /// Withdraws the order, then ends what reaches webhooks.
    @Deactivate
    void stop() {
        synchronized (this) {
            stopped = true;
            registrations.forEach(ServiceRegistration::unregister);
        }
        SupervisedLoop loop = compiling;
        if (loop != null) {
            loop.stop(STOP_LIMIT);
        }
        ConfiguredAuthorizers begun = running;
        if (begun != null) {
            begun.close();
        }
    }
}
