package io.k3j.controllerkit;

import io.k3j.clientapi.ApiClient;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.TimeSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Everything the controllers of one bundle share: the client, the clock, the views, the recorders of events and
/// the loops. Filled at activation by one thread, then [#run] or, in a test, [#step]; nothing is added afterwards.
public final class ControllerContext implements AutoCloseable {
    /// Each controller writes as its own service account, with the rights its upstream role gives it.
    private static final String ACCOUNTS = "system:serviceaccount:kube-system:";

    private final ApiClient api;
    private final TimeSource clock;
    private final LiveViews views;
    private final Map<String, Events> events = new LinkedHashMap<>();
    private final Map<Controller, Integer> loops = new LinkedHashMap<>();
    private final List<ControllerRunner> runners = new ArrayList<>();
    private Map<String, Integer> wanted = Map.of();

    /// A desk over a client, whose default identity reads the views; what leads gives one of [ApiClient#leading].
    public ControllerContext(ApiClient api, TimeSource clock) {
        this.api = api;
        this.clock = clock;
        this.views = new LiveViews(clock);
    }

    /// The clocks.
    public TimeSource clock() {
        return clock;
    }

    /// The shared views: two controllers that look at pods cost one watch.
    public LiveViews views() {
        return views;
    }

    /// The client in the name of a controller's service account, as `replicaset-controller`.
    public ApiClient account(String name) {
        return api.as(ACCOUNTS + name);
    }

    /// The client with the bundle's first identity.
    public ApiClient api() {
        return api;
    }

    /// The recorder of a component that writes in the name of a service account; one for each component.
    ///
    /// @param component as `source.component` of its events
    /// @param account without its namespace, as in [#account]
    public Events events(String component, String account) {
        return events.computeIfAbsent(component, c -> new Events(account(account), c, "", clock));
    }

    /// The recorder of a component that writes in the bundle's first identity.
    public Events ownEvents(String component) {
        return events.computeIfAbsent(component, c -> new Events(api, c, "", clock));
    }

    /// Loops with these names, added from now on, have so many workers instead of their own number.
    public ControllerContext workers(Map<String, Integer> byLoop) {
        wanted = Map.copyOf(byLoop);
        return this;
    }

    /// How many workers each loop has, by its name; for tests.
    public Map<String, Integer> workers() {
        return loops.entrySet().stream().collect(Collectors.toMap(l -> l.getKey().name(), Map.Entry::getValue));
    }

    /// A loop that writes in the name of a service account, for so many workers. The caller says which views it
    /// follows.
    ///
    /// @param name for threads and log
    /// @param workers how many keys are dealt with at a time (`--concurrent-…-syncs`)
    public Controller loop(String name, String account, int workers, Reconciler reconciler) {
        return add(new Controller(name, account(account), clock, reconciler), workers);
    }

    /// A loop that writes in the bundle's first identity.
    public Controller loop(String name, Reconciler reconciler) {
        return add(new Controller(name, api, clock, reconciler), 1);
    }

    private Controller add(Controller loop, int workers) {
        loops.put(loop, wanted.getOrDefault(loop.name(), workers));
        return loop;
    }

    /// Attaches the views and drives all loops on virtual threads until [#close]. Returns at once.
    ///
    /// @param name begins the names of all threads
    /// @param board hears of a loop that ends unexpectedly, which then begins anew
    /// @param health hears once a second: empty when all is well, else a sentence
    public void run(String name, Health board, Consumer<String> health) {
        views.attach(api);
        ControllerRunner runner = new ControllerRunner(name, board);
        runners.add(runner);
        loops.forEach(runner::drive);
        events.values().forEach(runner::drive);
        runner.report(health);
    }

    /// What the queues of all loops count, in Prometheus' text form, under the names of client-go's queues. Any thread.
    public String metrics() {
        return QueueFigures.text(loops.keySet());
    }

    /// Attaches the views without driving anything: a test steps.
    public void attach() {
        views.attach(api);
    }

    /// Lets every loop and recorder take one step, on this thread; for tests.
    ///
    /// @return whether any had something to do
    public boolean step() {
        boolean some = false;
        for (Controller loop : loops.keySet()) {
            some |= loop.step();
        }
        for (Events recorder : events.values()) {
            some |= recorder.step();
        }
        return some;
    }

    /// Ends everything within five seconds; leaves every object as it is. Views first, so that nothing more becomes
    /// due.
    @Override
    public void close() {
        views.close();
        runners.forEach(ControllerRunner::close);
    }
}
