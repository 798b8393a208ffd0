package io.k3j.schedulingqueue;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkit.ManualClock;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What happens to pods during an attempt that fails.
class InFlightEventsTest {
    private static final String FIT_FILTER = "NodeResourcesFit";
    private static final Set<String> FIT = Set.of(FIT_FILTER);
    private static final Set<String> SPREAD = Set.of("PodTopologySpread");
    private final SchedulingQueue queue = WaitingPods.queue(new ManualClock());

    private QueuedPod taken(String name) {
        queue.add(WaitingPods.pod(name, 0));
        return queue.take().orElseThrow();
    }

    /// How many wait for an event, and in back-off.
    private String waiting() {
        return queue.pending().unschedulable() + " " + queue.pending().backOff();
    }

    @Test
    void anEventHelpsAsItsHintsSayOfTheFilterThatHasRejectedThePod() {
        QueuedPod pod = taken("a");
        queue.changed("NodeAdd", Set.of(), (_, filter) -> filter.equals("TaintToleration"));
        queue.changed("AssignedPodAdd", SPREAD);
        queue.changed(QueueEvents.ASSIGNED_DELETE, FIT, other -> !other.uid().equals(pod.pod().uid()));
        queue.failed(pod, FIT);
        assertThat(waiting()).as("by no hint").isEqualTo("1 0");
        QueuedPod other = taken("b");
        queue.changed("NodeAdd", Set.of(), (_, filter) -> filter.equals(FIT_FILTER));
        queue.failed(other, FIT);
        assertThat(waiting()).as("both, the one that waited and the one in flight").isEqualTo("0 2");
    }

    @Test
    void oneThatNoFilterHasRejectedIsHelpedByAnyEventSinceItWasTakenButNoneBefore() {
        queue.changed("NodeAdd", FIT);
        QueuedPod pod = taken("a");
        QueuedPod other = taken("b");
        queue.failed(pod, Set.of());
        assertThat(waiting()).isEqualTo("1 0");
        queue.changed("AssignedPodAdd", SPREAD);
        queue.failed(other, Set.of());
        assertThat(waiting()).as("both").isEqualTo("0 2");
    }

    @Test
    void oneThatHasChangedIsTriedAgain() {
        QueuedPod pod = taken("a");
        queue.add(pod.pod());
        queue.failed(pod, FIT);
        assertThat(waiting()).isEqualTo("0 1");
    }

    @Test
    void oneThatMissesEventsBeyondThoseThatAreKeptCountsAsHelped() {
        QueuedPod pod = taken("a");
        for (int i = 0; i < InFlightEvents.MOST; i++) {
            queue.changed("NodeUpdateNodeLabel", FIT, _ -> false);
        }
        QueuedPod later = taken("b");
        queue.changed("NodeUpdateNodeLabel", FIT, _ -> false);
        queue.failed(later, FIT);
        assertThat(waiting()).as("it misses none").isEqualTo("1 0");
        queue.failed(pod, FIT);
        assertThat(waiting()).isEqualTo("1 1");
    }

    @Test
    void nothingIsKeptForOneThatHasLeft() {
        QueuedPod gone = taken("a");
        queue.changed("NodeAdd", FIT);
        queue.remove(gone.pod().uid());
        QueuedPod pod = taken("b");
        queue.failed(pod, FIT);
        assertThat(waiting()).isEqualTo("1 0");
    }
}
