package com.example.teamspaces;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.OperatorException;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Plan;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.propertytypes.SatisfyingConditionTarget;

/// The component: runs the SDK's operator on the one server that leads, and ends it. Begins anew when the API server is
/// replaced, since its [ApiClient] is.
@Component(service = {}, immediate = true)
@SatisfyingConditionTarget("(osgi.condition.id=io.k3j.leader.k3s)")
public final class TeamSpacesPlugin {
    private static final long RETRY_SECONDS = 2;
    private static final long LOOK_SECONDS = 5;
    private static final long END_SECONDS = 2;
    private static final Duration SYNC = Duration.ofSeconds(10);
    private static final Duration LAST_RECONCILIATIONS = Duration.ofSeconds(1);
    private final ApiClient api;
    private final Plan plan;
    private final HealthScope health;
    private final ScheduledExecutorService worker;
    private final ClosingConnections connections = new ClosingConnections();
    /// The worker's own, until that has ended.
    private KubernetesClient client;
    private Operator operator;

    /// Returns at once; the worker begins the operator as soon as there is what it needs.
    @Activate
    public TeamSpacesPlugin(@Reference ApiClient api, @Reference Plan plan, @Reference Health health) {
        this.api = api;
        this.plan = plan;
        this.health = health.scope("team-spaces");
        this.worker = Executors.newSingleThreadScheduledExecutor(TeamSpacesPlugin::thread);
        this.health.report(HealthLevel.STARTING, "has no client yet");
        worker.execute(this::begin);
    }

    /// Libraries look for their parts where the thread says; the threads they start say the same.
    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "team-spaces");
        thread.setContextClassLoader(TeamSpacesPlugin.class.getClassLoader());
        return thread;
    }

    private void begin() {
        try {
            client = new KubernetesClientBuilder().withConfig(ServerAccess.config(api, plan, InstantSource.system()))
                    .withHttpClientFactory(connections).build();
            operator = new Operator(this::configure);
            operator.register(new TeamReconciler());
            operator.start();
            health.ok();
            worker.scheduleWithFixedDelay(this::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
        } catch (ApiFault | KubernetesClientException | OperatorException e) {
            health.degraded(e.getMessage() + "; has src/main/kubernetes/install.yaml been applied?");
            end();
            retry();
        }
    }

    /// What the SDK takes for granted outside: that the client is its own, that the process may be ended, and that
    /// nobody waits for the end.
    private void configure(ConfigurationServiceOverrider configuration) {
        configuration.withKubernetesClient(client).withCloseClientOnStop(false).withCacheSyncTimeout(SYNC)
                .withReconciliationTerminationTimeout(LAST_RECONCILIATIONS)
                .withInformerStoppedHandler((informer, why) -> stopped(why));
    }

    /// Instead of `System.exit`, which the SDK calls by itself: what cannot be read any more is told.
    private void stopped(Throwable why) {
        if (why != null && !worker.isShutdown()) {
            health.degraded("a watch has ended: " + why.getMessage());
        }
    }

    private void look() {
        if (operator.getRuntimeInfo().allEventSourcesAreHealthy()) {
            health.ok();
        } else {
            health.degraded("does not hear of " + operator.getRuntimeInfo().unhealthyEventSources().keySet());
        }
    }

    private void retry() {
        if (!worker.isShutdown()) {
            worker.schedule(this::begin, RETRY_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void end() {
        if (operator != null) {
            operator.stop();
            operator = null;
        }
        if (client != null) {
            client.close();
            client = null;
        }
    }

    /// Ends within five seconds; objects stay as they are.
    @Deactivate
    public void stop() {
        worker.shutdownNow();
        try {
            worker.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        end();
        connections.close();
        health.close();
    }
}
