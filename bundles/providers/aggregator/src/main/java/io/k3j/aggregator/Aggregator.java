package io.k3j.aggregator;

import io.k3j.apiserverapi.AggregatedApis;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Metrics;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.Controller;
import io.k3j.controllerkit.ControllerRunner;
import io.k3j.controllerkit.LiveView;
import io.k3j.edgeapi.NodeDialer;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.webhookclient.ServiceEndpoints;
import java.nio.file.Path;
import java.util.random.RandomGenerator;
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
import org.osgi.service.component.propertytypes.SatisfyingConditionTarget;
import org.osgi.service.condition.Condition;

/// The component: passes requests on while it is active. Requests under way end by themselves.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.aggregator",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@SatisfyingConditionTarget("(osgi.condition.id=io.k3j.pki-ready)")
public final class Aggregator {
    private final Parts parts;
    private final ControllerRunner runner;
    private final BundleContext context;
    private final ServiceRegistration<Metrics> counted;
    private @Nullable ServiceRegistration<AggregatedApis> registration;
    private boolean stopped;

    /// The component's settings.
    public @interface Settings {
        /// `--data-dir`.
        String dataDir() default "/var/lib/rancher/k3s";
    }

    /// Follows APIServices. Whoever asks what they aggregate is not told before all are known: a request would be
    /// answered as if its group were nobody's, or this server's.
    @Activate
    public Aggregator(BundleContext context, Settings settings, @Reference ApiClient api, @Reference Health health) {
        this.context = context;
        parts = new Parts(api, Path.of(settings.dataDir(), "server", "tls"), TimeSource.system(),
                RandomGenerator.getDefault());
        counted = context.registerService(Metrics.class, parts.metrics(), null);
        parts.services.listen(new View.Listener() {
            @Override
            public void changed(@Nullable Obj before, @Nullable Obj after) {
                // the table listens by itself, and has done so before this one
            }

            @Override
            public void synced() {
                register();
            }
        });
        parts.services.attach(api);
        HealthScope scope = health.scope("aggregator");
        runner = new ControllerRunner("aggregator", health).drive(parts.availability, Parts.CHECKS)
                .drive(parts.authentication, 1).drive(parts.aggregation, OpenApiAggregation.DOWNLOADS);
        runner.report(trouble -> {
            if (trouble.isEmpty()) {
                scope.ok();
            } else {
                scope.degraded(trouble);
            }
        });
    }

    private synchronized void register() {
        if (!stopped && registration == null) {
            registration = context.registerService(AggregatedApis.class, parts.table, null);
        }
    }

    private synchronized @Nullable ServiceRegistration<AggregatedApis> unregistered() {
        stopped = true;
        return registration;
    }

    /// The authorities are on disk, which a first start makes while this one begins.
    @Reference(target = "(osgi.condition.id=io.k3j.authorities-ready)", cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    void bindAuthorities(Condition authorities) {
        parts.authoritiesMade();
    }

    void unbindAuthorities(Condition authorities) {
        // they stay on disk
    }

    /// The way to nodes; without one every request fails.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindDialer(NodeDialer dialer) {
        parts.backends.dialer(dialer);
    }

    /// OSGi binds the successor first.
    void unbindDialer(NodeDialer dialer) {
        if (parts.backends.dialer() == dialer) {
            parts.backends.dialer(null);
        }
    }

    /// Passes no new requests on; stops within five seconds ([ControllerRunner#close]).
    @Deactivate
    void stop() {
        counted.unregister();
        ServiceRegistration<AggregatedApis> registered = unregistered();
        if (registered != null) {
            registered.unregister();
        }
        parts.checks.close();
        parts.openApi.close();
        parts.services.close();
        runner.close();
    }

    /// What it consists of, without OSGi and threads.
    static final class Parts {
        /// How many servers are checked at a time; upstream's number of workers.
        static final int CHECKS = 5;
        final LiveView services;
        final BackendDialer backends;
        final ApiServiceTable table;
        final AvailabilityCheck checks;
        final OpenApiAggregation openApi;
        final Controller availability;
        final Controller aggregation;
        final Controller authentication;

        Parts(ApiClient api, Path tls, TimeSource time, RandomGenerator random) {
            services = new LiveView(ApiService.RESOURCE, Query.ALL, time);
            backends = new BackendDialer(new RecentEndpoints(new ServiceEndpoints(api, random), time.monotonic()),
                    new FrontProxy(tls));
            long heapBytes = Runtime.getRuntime().maxMemory();
            OpenRequests open = new OpenRequests(heapBytes);
            openApi = new OpenApiAggregation(services, backends, time.monotonic(), heapBytes);
            table = new ApiServiceTable(new Forwarding(backends, open, Forwarding.ANSWERING),
                    new Questions(backends, open, Forwarding.ANSWERING, heapBytes), backends, openApi);
            checks = new AvailabilityCheck(api, services, backends, table, time);
            availability = new Controller("apiservice-availability", api, time, checks).reads(services);
            aggregation = new Controller("openapi-aggregation", api, time, openApi).reads(services);
            authentication = new Controller("extension-authentication", api, time,
                    new ExtensionAuthentication(api, tls, time));
            authoritiesMade();
            services.listen(this::changed);
        }

        /// Has other servers told of the authorities that are on disk now. Any thread; does not block.
        void authoritiesMade() {
            authentication.queue().add(ExtensionAuthentication.KEY);
        }

        /// What is counted, for `/metrics`.
        Metrics metrics() {
            return () -> checks.metrics().text() + openApi.metrics().text();
        }

        /// What another server has written of its own check makes no check due: two that disagree would answer each
        /// other without end.
        private void changed(@Nullable Obj before, @Nullable Obj after) {
            Obj one = after != null ? after : before;
            if (one != null) {
                Key key = one.key();
                table.changed(key.name(), after != null && ApiService.remote(after) ? ApiService.of(after) : null);
                if (after != null && (before == null || !before.spec().equals(after.spec()))) {
                    availability.queue().add(key);
                }
                if (OpenApiAggregation.concerns(before, after)) {
                    aggregation.queue().add(key);
                }
            }
        }
    }
}
