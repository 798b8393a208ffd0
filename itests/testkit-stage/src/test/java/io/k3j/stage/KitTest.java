package io.k3j.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Controller;
import io.k3j.controllerkit.ControllerRunner;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class KitTest {
    private final ManualClock clock = new ManualClock();
    private final FakeApi api = FakeApi.stepped(clock);
    private static final Key KEY = new Key("default", "a");

    private static Obj map(String name, String value) {
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "ConfigMap", "metadata",
                Struct.of("name", name, "namespace", "default"), "data", Struct.of("v", value)));
    }

    @Test
    void aViewTellsExactlyTheDifferenceAfterItWasDetached() {
        LiveView view = new LiveView(BuiltinResources.CONFIG_MAPS, Query.ALL, clock);
        List<String> told = new ArrayList<>();
        view.listen((before, after) -> told.add((before == null ? "+" : after == null ? "-" : "~")
                + (after != null ? after : before).name()));
        api.create(BuiltinResources.CONFIG_MAPS, map("a", "1"), WriteOptions.PLAIN);
        api.create(BuiltinResources.CONFIG_MAPS, map("b", "1"), WriteOptions.PLAIN);
        api.create(BuiltinResources.CONFIG_MAPS, map("c", "1"), WriteOptions.PLAIN);
        view.attach(api);
        api.deliver();
        assertThat(view.synced()).isTrue();
        assertThat(view.staleSince()).isEmpty();
        told.clear();
        view.detach();
        assertThat(view.staleSince()).contains(clock.instant());
        api.delete(BuiltinResources.CONFIG_MAPS, new Key("default", "a"), DeleteOptions.PLAIN);
        api.update(BuiltinResources.CONFIG_MAPS, map("b", "2"), WriteOptions.PLAIN);
        api.create(BuiltinResources.CONFIG_MAPS, map("d", "1"), WriteOptions.PLAIN);
        assertThat(told).isEmpty();
        view.attach(api);
        api.deliver();
        assertThat(told).containsExactlyInAnyOrder("-a", "~b", "+d");
        assertThat(view.list("default")).hasSize(3);
    }

    @Test
    void aViewTellsThatAnObjectWentWhoseNameWasTakenWhileItWasDetached() {
        LiveView view = new LiveView(BuiltinResources.CONFIG_MAPS, Query.ALL, clock);
        List<String> told = new ArrayList<>();
        view.listen((before, after) -> told.add((before == null ? "" : before.uid()) + ">"
                + (after == null ? "" : after.uid())));
        Obj old = api.create(BuiltinResources.CONFIG_MAPS, map("a", "1"), WriteOptions.PLAIN);
        view.attach(api);
        api.deliver();
        told.clear();
        view.detach();
        api.delete(BuiltinResources.CONFIG_MAPS, KEY, DeleteOptions.PLAIN);
        Obj other = api.create(BuiltinResources.CONFIG_MAPS, map("a", "1"), WriteOptions.PLAIN);
        view.attach(api);
        api.deliver();
        assertThat(told).containsExactly(old.uid() + ">", ">" + other.uid());
        assertThat(view.list("default")).containsExactly(other);
    }

    @Test
    void aLoopDoesNotComeBackBeforeItsViewsShowWhatItWrote() {
        LiveView view = new LiveView(BuiltinResources.CONFIG_MAPS, Query.ALL, clock);
        List<Key> seen = new ArrayList<>();
        Controller loop = new Controller("test", api, clock, (key, writer) -> {
            seen.add(key);
            if (seen.size() == 1) {
                writer.create(BuiltinResources.CONFIG_MAPS, map("made", "1"));
            }
            return Requeue.NEVER;
        }).reads(view);
        view.attach(api);
        api.deliver();
        loop.queue().add(KEY);
        loop.step();
        loop.queue().add(KEY);
        for (int i = 0; i < 10; i++) {
            loop.step();
            clock.advance(Duration.ofMillis(10));
        }
        assertThat(seen).hasSize(1);
        api.deliver();
        loop.step();
        assertThat(seen).hasSize(2);
    }

    @Test
    void aLoopDoesNotWaitForAnObjectItsOwnUpdateRemoved() {
        LiveView view = new LiveView(BuiltinResources.CONFIG_MAPS, Query.ALL, clock);
        Obj held = api.create(BuiltinResources.CONFIG_MAPS,
                map("a", "1").with(Seq.of("example.com/hold"), "metadata", "finalizers"), WriteOptions.PLAIN);
        api.delete(BuiltinResources.CONFIG_MAPS, held.key(), DeleteOptions.PLAIN);
        int[] calls = new int[1];
        Controller loop = new Controller("test", api, clock, (key, writer) -> {
            calls[0]++;
            view.get(key)
                    .ifPresent(o -> writer.update(BuiltinResources.CONFIG_MAPS, o.without("metadata", "finalizers")));
            return Requeue.NEVER;
        }).on(view);
        view.attach(api);
        api.deliver();
        loop.step();
        api.deliver();
        loop.step();
        assertThat(calls[0]).isEqualTo(2);
    }

    @Test
    void aLoopGivesUpWhatANamespaceThatIsGoingRefuses() {
        int[] calls = new int[1];
        Controller loop = new Controller("test", api, clock, (key, writer) -> {
            calls[0]++;
            throw new ApiFault(403, "Forbidden", "it is being terminated",
                    Struct.of("causes", Seq.of(Struct.of("reason", "NamespaceTerminating"))));
        });
        loop.queue().add(KEY);
        for (int i = 0; i < 10; i++) {
            loop.step();
            clock.advance(Duration.ofMinutes(1));
        }
        assertThat(calls[0]).isEqualTo(1);
        assertThat(loop.trouble()).isEmpty();
    }

    @Test
    void aLoopTriesAgainAfterAFailureAndSaysWhatIsWrong() {
        int[] calls = new int[1];
        Controller loop = new Controller("test", api, clock, (key, writer) -> {
            if (calls[0]++ < 1) {
                throw new IllegalStateException("no luck");
            }
            return Requeue.NEVER;
        });
        loop.queue().add(KEY);
        loop.step();
        assertThat(loop.trouble()).contains("no luck").contains("default/a");
        clock.advance(Duration.ofMillis(5));
        loop.step();
        assertThat(loop.trouble()).isEmpty();
    }

    @Test
    void theSameEventIsCountedUpAndFloodsAreCut() {
        Events events = new Events(api, "tester", "", clock);
        Obj about = api.create(BuiltinResources.CONFIG_MAPS, map("a", "1"), WriteOptions.PLAIN);
        for (int i = 0; i < 40; i++) {
            events.normal(about, "Tested", "again");
        }
        boolean more = true;
        while (more) {
            more = events.step();
        }
        Obj event = api.list(BuiltinResources.EVENTS, Query.ALL).items().getFirst();
        assertThat(event.tree().whole("count", 0)).isEqualTo(25);
        assertThat(event.tree().struct("involvedObject").text("uid")).isEqualTo(about.uid());
        assertThat(event.tree().struct("source").text("component")).isEqualTo("tester");
    }

    @Test
    void aRunnerDrivesLoopsAndEndsThem() throws InterruptedException {
        try (FakeApi live = FakeApi.live()) {
            LiveView view = new LiveView(BuiltinResources.CONFIG_MAPS, Query.ALL, TimeSource.system());
            CountDownLatch done = new CountDownLatch(2);
            Controller loop = new Controller("test", live, TimeSource.system(), (key, writer) -> {
                done.countDown();
                return Requeue.NEVER;
            }).on(view);
            ControllerRunner runner = new ControllerRunner("test", Health.none()).drive(loop, 2);
            view.attach(live);
            live.create(BuiltinResources.CONFIG_MAPS, map("a", "1"), WriteOptions.PLAIN);
            live.create(BuiltinResources.CONFIG_MAPS, map("b", "1"), WriteOptions.PLAIN);
            assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
            long begin = System.nanoTime();
            runner.close();
            view.close();
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .isLessThan(Duration.ofSeconds(Boolean.getBoolean("k3j.full") ? 5 : 30));
        }
    }
}
