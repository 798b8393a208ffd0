package io.k3j.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.flowcontrol.PriorityLevelSpec.Queuing;
import io.k3j.metricstext.Histogram;
import io.k3j.metricstext.MetricText;
import io.k3j.metricstext.TimingHistogram;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// What is kept of the use of a level, by a clock that a wait moves.
class SeatUseTest {
    private static final Queuing QUEUED = new Queuing(2, 1, 50);
    private final AtomicLong clock = new AtomicLong();
    private final FlowCounts counts = new FlowCounts("schema", "level");
    private final RequestFlow.Match match = new RequestFlow.Match(
            FlowSchema.of(BootstrapConfiguration.schemas().getFirst()),
            new PriorityLevel(PriorityLevelSpec.of(BootstrapConfiguration.levels().getFirst()),
                    (blocker, nanos) -> clock.addAndGet(nanos), clock::get),
            counts);
    private final QueueSet seats = new QueueSet((blocker, nanos) -> clock.addAndGet(nanos), clock::get);

    private Turn turn(long flow, int width) {
        return new RequestFlow(match, RequestDigest.NONE, flow).turn(width, false, false);
    }

    private static String text(TimingHistogram counted) {
        return new MetricText().family("x", MetricText.Type.HISTOGRAM, "X.").histogram(counted).toString();
    }

    private static String text(Histogram counted) {
        return new MetricText().family("x", MetricText.Type.HISTOGRAM, "X.").histogram(counted).toString();
    }

    @Test
    void whatPartOfALevelWasUsedIsKnownToTheNanosecond() {
        seats.configure(QUEUED, 4);
        Turn one = turn(1, 1);
        Turn two = turn(2, 2);
        assertThat(seats.acquire(one, 0)).isNull();
        clock.set(10);
        assertThat(seats.acquire(two, 0)).isNull();
        clock.set(30);
        seats.release(two);
        clock.set(40);
        seats.release(one);
        clock.set(50);
        SeatUse.Timed used = seats.timed();
        assertThat(text(used.seats())).contains("x_bucket{le=\"0\"} 10\n", "x_bucket{le=\"0.2\"} 10\n",
                "x_bucket{le=\"0.3\"} 30\n", "x_bucket{le=\"0.7\"} 30\n", "x_bucket{le=\"0.8\"} 50\n",
                "x_bucket{le=\"1\"} 50\n", "x_sum 20.0\n", "x_count 50\n");
        assertThat(text(used.executing())).contains("x_bucket{le=\"0\"} 10\n", "x_bucket{le=\"0.1\"} 10\n",
                "x_bucket{le=\"0.25\"} 30\n", "x_bucket{le=\"0.5\"} 50\n", "x_sum 15.0\n");
        assertThat(text(used.waiting())).contains("x_bucket{le=\"0\"} 50\n", "x_sum 0.0\n");
    }

    @Test
    void whoWaitsIsAPartOfTheRoomInAllQueuesAndOfTheDemand() {
        seats.configure(QUEUED, 4);
        assertThat(seats.acquire(turn(1, 4), 0)).isNull();
        assertThat(seats.acquire(turn(2, 1), 1)).isEqualTo(RejectReason.TIME_OUT);
        clock.addAndGet(1_000);
        SeatUse.Timed used = seats.timed();
        assertThat(text(used.waiting())).contains("x_bucket{le=\"0.003\"} 1000\n", "x_bucket{le=\"0.01\"} 1001000\n",
                "x_sum 10000.0\n");
        assertThat(text(used.demand())).contains("x_bucket{le=\"1\"} 1000\n", "x_bucket{le=\"1.2\"} 1000\n",
                "x_bucket{le=\"1.4\"} 1001000\n", "x_sum 1251000.0\n");
    }

    /// As the exempt one, which has what it uses.
    @Test
    void aLevelWithoutSeatsIsMeasuredByAPartOfTheServers() {
        seats.spare(60);
        seats.configure(Queuing.EXEMPT, 0);
        assertThat(seats.acquire(turn(1, 6), 0)).isNull();
        clock.set(100);
        assertThat(text(seats.timed().seats())).contains("x_bucket{le=\"0\"} 0\n", "x_bucket{le=\"0.1\"} 100\n",
                "x_sum 10.0\n");
        assertThat(counts.queueLengths.count()).as("nobody is in a queue").isZero();
    }

    @Test
    void whoComesSeesHowLongItsQueueIs() {
        seats.configure(QUEUED, 4);
        assertThat(seats.acquire(turn(1, 3), 0)).isNull();
        assertThat(text(counts.queueLengths)).contains("x_bucket{le=\"0\"} 0\n", "x_bucket{le=\"10\"} 1\n",
                "x_bucket{le=\"1000\"} 1\n", "x_sum 1.0\n");
        assertThat(counts.unaccommodated.sum()).isZero();
        assertThat(seats.acquire(turn(2, 2), 1)).isEqualTo(RejectReason.TIME_OUT);
        assertThat(text(counts.queueLengths)).contains("x_sum 2.0\n", "x_count 2\n");
        assertThat(counts.unaccommodated.sum()).as("two seats of one that is free").isOne();
    }

    @Test
    void whoIsRefusedAtOnceWasInNoQueue() {
        seats.configure(Queuing.REJECT, 1);
        assertThat(seats.acquire(turn(1, 1), 0)).isNull();
        assertThat(seats.acquire(turn(2, 1), 0)).isEqualTo(RejectReason.CONCURRENCY_LIMIT);
        assertThat(counts.queueLengths.count()).isZero();
    }
}
