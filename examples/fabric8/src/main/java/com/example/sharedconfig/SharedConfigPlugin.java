package com.example.sharedconfig;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Plan;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.propertytypes.SatisfyingConditionTarget;

/// The component: gives the operator its client on the one server that leads, and ends both. Begins anew when the API
/// server is replaced, since its [ApiClient] is.
@Component(service = {}, immediate = true)
@SatisfyingConditionTarget("(osgi.condition.id=io.k3j.leader.k3s)")
public final class SharedConfigPlugin {
    private static final long RETRY_SECONDS = 1;
    private static final long END_SECONDS = 2;
    private final ApiClient api;
    private final Plan plan;
    private final HealthScope health;
    private final ScheduledExecutorService worker;
    private final ClosingConnections connections = new ClosingConnections();
    /// The worker's own, until that has ended.
    private KubernetesClient client;
    private SharedConfigOperator operator;

    /// Returns at once; the worker makes the client as soon as there is what it needs.
    @Activate
    public SharedConfigPlugin(@Reference ApiClient api, @Reference Plan plan, @Reference Health health) {
        this.api = api;
        this.plan = plan;
        this.health = health.scope("shared-config");
        this.worker = Executors.newSingleThreadScheduledExecutor(SharedConfigPlugin::thread);
        this.health.report(HealthLevel.STARTING, "has no client yet");
        worker.execute(this::begin);
    }

    /// Libraries look for their parts where the thread says; the threads they start say the same.
    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "shared-config");
        thread.setContextClassLoader(SharedConfigPlugin.class.getClassLoader());
        return thread;
    }

    private void begin() {
        try {
            client = new KubernetesClientBuilder().withConfig(ServerAccess.config(api, plan, InstantSource.system()))
                    .withHttpClientFactory(connections).build();
            operator = new SharedConfigOperator(client, worker, this::tell);
            operator.start();
        } catch (ApiFault | KubernetesClientException e) {
            tell(e.getMessage() + "; has src/main/kubernetes/install.yaml been applied?");
            worker.schedule(this::begin, RETRY_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void tell(String trouble) {
        if (trouble.isEmpty()) {
            health.ok();
        } else {
            health.degraded(trouble);
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
        if (operator != null) {
            operator.close();
        }
        if (client != null) {
            client.close();
        }
        connections.close();
        health.close();
    }
}
