package io.k3j.authoidc;

import io.k3j.apiserverapi.Authenticator;
import io.k3j.celapi.Cel;
import io.k3j.componentapi.Abort;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Metrics;
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
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/// The component: reads flags and file beside the start, and contributes the authenticator they ask for. A
/// configuration that is wrong ends the process while it starts, as upstream's; later, when a new version of this
/// bundle meets it, that one stops. An issuer that cannot be reached is no reason for either: it is told by the health
/// of `oidc`.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.authoidc",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class StructuredAuthentication {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(2);
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();
    private final BundleContext context;
    private final Settings settings;
    private final Health health;
    private final HealthScope scope;
    private final Abort abort;
    private volatile @Nullable Cel cel;
    private volatile @Nullable ConfiguredIssuers running;
    private volatile @Nullable SupervisedLoop compiling;
    private boolean stopped;

    /// The component's settings.
    public @interface Settings {
        /// `--kube-apiserver-arg`, as `name=value`: those of authentication.
        String[] kubeApiserverArg() default {};

        /// `--cluster-domain`, which names the cluster's own issuer.
        String clusterDomain() default "cluster.local";
    }

    /// Reads nothing yet.
    @Activate
    public StructuredAuthentication(BundleContext context, Settings settings, @Reference Health health,
            @Reference Abort abort) {
        this.context = context;
        this.settings = settings;
        this.health = health;
        this.abort = abort;
        this.scope = health.scope("oidc");
    }

    /// Loaded when the first expression is compiled. What was compiled by another one is compiled again, so that it
    /// can go.
    @Reference(policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    void bindCel(Cel engine) {
        cel = engine;
        ConfiguredIssuers begun = running;
        if (begun != null) {
            begun.compiledBy(engine);
        }
    }

    /// Another one has been bound before, or the component stops.
    void unbindCel(Cel engine) {
        // what is bound counts
    }

    /// Returns at once. Expressions are compiled beside the start, since what compiles them is loaded for the first
    /// one; until then tokens of issuers stand for nobody.
    @Activate
    void begin() {
        boolean starting = ServerStart.goesOn(context);
        SupervisedLoop loop = SupervisedLoop.platform(health, "oidc-start", () -> configure(starting));
        compiling = loop;
        loop.start();
    }

    private void configure(boolean starting) {
        Cel engine = Objects.requireNonNull(cel);
        ConfiguredIssuers made;
        try {
            made = ConfiguredIssuers.of(settings, engine, health, scope);
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
    private synchronized void contribute(ConfiguredIssuers made, Cel by) {
        if (stopped) {
            return;
        }
        running = made;
        Cel engine = Objects.requireNonNull(cel);
        if (!engine.equals(by)) {
            made.compiledBy(engine);
        }
        Dictionary<String, Object> order = new Hashtable<>(Map.of("service.ranking", OidcAuthenticator.RANKING));
        registrations.add(context.registerService(Metrics.class, made.metrics(), null));
        registrations.add(context.registerService(Authenticator.class, made.authenticator(), order));
        // last: a predecessor goes once this says that it is well
        made.start();
    }

    /// Withdraws the authenticator, then ends what reaches issuers.
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
        ConfiguredIssuers begun = running;
        if (begun != null) {
            begun.close();
        }
    }
}
