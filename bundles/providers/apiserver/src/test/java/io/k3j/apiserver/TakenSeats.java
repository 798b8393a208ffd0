package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Caller;
import io.k3j.codec.Json;
import io.k3j.flowcontrol.FlowController;
import io.k3j.flowcontrol.RequestDigest;
import io.k3j.flowcontrol.RequestFlow;
import io.k3j.flowcontrol.RequestLimits;
import io.k3j.model.Gvr;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;

/// Requests of users that sit in their seats until a test lets them go.
final class TakenSeats {
    private static final String METADATA = "{'apiVersion':'flowcontrol.apiserver.k8s.io/v1','kind':'%s','metadata':"
            + "{'name':'people','uid':'people'},'spec':";
    private static final String QUEUE = "{'type':'Queue','queuing':{'queues':128,'handSize':6,'queueLengthLimit':50}}";
    private static final String LEVEL = METADATA.formatted("PriorityLevelConfiguration")
            + "{'type':'Limited','limited':{"
            + "'nominalConcurrencyShares':20,'borrowingLimitPercent':0,'lendablePercent':0,'limitResponse':"
            + QUEUE + "}}}";
    private static final String SCHEMA = METADATA.formatted("FlowSchema") + "{'matchingPrecedence':9000,"
            + "'priorityLevelConfiguration':{'name':'people'},'distinguisherMethod':{'type':'ByUser'},'rules':["
            + "{'subjects':[{'kind':'Group','group':{'name':'people'}}],'resourceRules':[{'verbs':['*'],'apiGroups':"
            + "['*'],'resources':['*'],'namespaces':['*'],'clusterScope':true}]}]}}";
    private final TestServer server;
    private String level = LEVEL;
    private final CountDownLatch go = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();

    TakenSeats(TestServer server) {
        this.server = server;
    }

    private RequestLimits limits() {
        return server.server.limits();
    }

    private RequestFlow flow(String user) {
        return limits().flows().classify(new RequestDigest(Caller.of(user, List.of("people")), true, "get",
                new Gvr("", "v1", "configmaps"), "", "a", "", ""));
    }

    /// Nobody waits: who gets no seat is refused.
    void reject() {
        level = LEVEL.replace(QUEUE, "{'type':'Reject'}");
    }

    /// Gives the users a level of their own, whose seats stay as many as they are.
    /// @return how many those are
    int all() {
        commit(FlowController.LEVELS, level);
        commit(FlowController.SCHEMAS, SCHEMA);
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (!flow("x").schema().equals("people") && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(flow("x").schema()).isEqualTo("people");
        return limits().flows().limit(flow("x"));
    }

    private void commit(String prefix, String object) {
        server.store.commit(prefix + "people", 0,
                Json.stored(Json.object(object.replace('\'', '"').getBytes(StandardCharsets.UTF_8))), Duration.ZERO);
    }

    /// Takes seats.
    /// @param user who takes the i-th one
    void take(boolean write, int count, IntFunction<String> user) throws InterruptedException {
        CountDownLatch seated = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            RequestFlow flow = flow(user.apply(i));
            beside(() -> limits().seats().in(flow, write, 1, () -> {
                seated.countDown();
                return waited();
            }));
        }
        assertThat(seated.await(60, TimeUnit.SECONDS)).isTrue();
    }

    /// Runs beside the test, which waits for its end in [#close].
    void beside(Runnable work) {
        threads.add(Thread.ofVirtual().start(work));
    }

    /// Blocks until they may go.
    boolean waited() {
        try {
            return go.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Lets all go.
    void free() {
        go.countDown();
    }

    void close() throws InterruptedException {
        free();
        for (Thread t : threads) {
            t.join();
        }
    }
}
