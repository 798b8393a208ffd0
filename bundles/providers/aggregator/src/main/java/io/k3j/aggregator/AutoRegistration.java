package io.k3j.aggregator;

import io.k3j.apiserverapi.KindCatalog;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Phases;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.Controller;
import io.k3j.controllerkit.ControllerRunner;
import io.k3j.controllerkit.LiveView;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.component.propertytypes.SatisfyingConditionTarget;

/// The component that keeps APIServices of what this server serves itself, once it serves.
@Component(service = {}, immediate = true)
@SatisfyingConditionTarget("(osgi.condition.id=" + Phases.APISERVER_READY + ")")
public final class AutoRegistration {
    private final Parts parts;
    private final ControllerRunner runner;

    /// Follows APIServices.
    @Activate
    public AutoRegistration(@Reference ApiClient api, @Reference Health health) {
        parts = new Parts(api, TimeSource.system());
        parts.services.attach(api);
        HealthScope scope = health.scope("apiservice-registration");
        runner = new ControllerRunner("apiservice-registration", health).drive(parts.loop, 1);
        runner.report(trouble -> {
            if (trouble.isEmpty()) {
                scope.ok();
            } else {
                scope.degraded(trouble);
            }
        });
    }

    /// One that serves kinds.
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY, updated = "updatedCatalog")
    void bindCatalog(KindCatalog catalog) {
        parts.due(parts.versions.put(catalog));
    }

    /// Its kinds have changed.
    void updatedCatalog(KindCatalog catalog) {
        bindCatalog(catalog);
    }

    /// It serves nothing any more, for now.
    void unbindCatalog(KindCatalog catalog) {
        parts.versions.remove(catalog);
    }

    /// Stops within five seconds ([ControllerRunner#close]); all APIServices stay.
    @Deactivate
    void stop() {
        parts.services.close();
        runner.close();
    }

    /// What it consists of, without OSGi and threads.
    static final class Parts {
        /// A start has more to do than this, and there are some fifty of them.
        static final Duration AFTER_START = Duration.ofSeconds(5);
        static final Duration STEP = Duration.ofMillis(50);
        final LiveView services;
        final LocalVersions versions = new LocalVersions();
        final LocalApiServices reconciler;
        final Controller loop;
        private final InstantSource clock;
        private final Instant busyUntil;
        private final AtomicInteger waiting = new AtomicInteger();

        Parts(ApiClient api, TimeSource time) {
            clock = time.monotonic();
            busyUntil = clock.instant().plus(AFTER_START);
            services = new LiveView(ApiService.RESOURCE, Query.ALL, time);
            reconciler = new LocalApiServices(api, services, versions);
            loop = new Controller("apiservice-registration", api, time, reconciler).reads(services);
            services.listen(new View.Listener() {
                @Override
                public void changed(@Nullable Obj before, @Nullable Obj after) {
                    Obj one = after != null ? after : before;
                    if (one != null && LocalApiServices.concerns(before, after)) {
                        due(Set.of(one.name()));
                    }
                }

                @Override
                public void synced() {
                    reconciler.begin(services.list().stream().map(Obj::name).collect(Collectors.toSet()));
                }
            });
        }

        /// One after the other, behind a start; later at once.
        void due(Collection<String> names) {
            for (String name : names) {
                Duration wait = Duration.between(clock.instant(), busyUntil);
                loop.queue().addAfter(Key.of(name), wait.isPositive()
                        ? wait.plus(STEP.multipliedBy(waiting.getAndIncrement())) : Duration.ZERO);
            }
        }
    }
}
