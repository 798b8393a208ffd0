package io.k3j.flowcontrol;

import io.k3j.metricstext.Histogram;
import io.k3j.metricstext.MetricText;
import io.k3j.metricstext.MetricText.Type;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// What is counted of priority levels, as Prometheus' text under upstream's names
/// (<https://kubernetes.io/docs/reference/instrumenting/metrics/>). As many lines as there are objects: no name of a
/// client is in them.
final class FlowMetrics {
    private static final String PREFIX = "apiserver_flowcontrol_";
    private static final String LEVEL = "priority_level";
    private static final String SCHEMA = "flow_schema";
    private static final String PHASE = "phase";
    private static final String EXECUTING = "executing";
    private final MetricText text;
    private final List<PriorityLevel> levels;
    private final List<FlowCounts> flows;

    private FlowMetrics(MetricText text, List<PriorityLevel> levels, List<FlowCounts> flows) {
        this.text = text;
        this.levels = levels;
        this.flows = flows;
    }

    static void write(MetricText text, Collection<PriorityLevel> levels, Collection<FlowCounts> flows,
            double fraction) {
        FlowMetrics all = new FlowMetrics(text,
                levels.stream().sorted(Comparator.comparing((PriorityLevel l) -> l.spec().name())).toList(),
                flows.stream().sorted(Comparator.comparing((FlowCounts c) -> c.level).thenComparing(c -> c.schema))
                        .toList());
        all.flows();
        all.queues();
        all.levels();
        all.utilization();
        text.family(PREFIX + "seat_fair_frac", Type.GAUGE,
                "Fair fraction of server's concurrency to allocate to each priority level that can use it")
                .value(fraction);
    }

    private void flows() {
        flow("dispatched_requests_total", Type.COUNTER, "Requests that got a seat", c -> c.dispatched.sum());
        flow("current_inqueue_requests", Type.GAUGE, "Requests that wait for a seat", c -> c.waiting.sum());
        flow("current_inqueue_seats", Type.GAUGE, "Seats that waiting requests need", c -> c.waitingSeats.sum());
        flow("current_executing_requests", Type.GAUGE, "Requests that have a seat", c -> c.executing.sum());
        flow("current_executing_seats", Type.GAUGE, "Seats that requests have", c -> c.seats.sum());
        text.family(PREFIX + "rejected_requests_total", Type.COUNTER, "Requests that got no seat, by reason");
        for (FlowCounts each : flows) {
            for (RejectReason why : RejectReason.values()) {
                long refused = each.refusals(why).sum();
                if (refused > 0) {
                    text.value(refused, SCHEMA, each.schema, LEVEL, each.level, "reason", why.reason());
                }
            }
        }
        text.family(PREFIX + "request_wait_duration_seconds", Type.HISTOGRAM, "How long requests waited for a seat");
        for (FlowCounts each : flows) {
            waited(each, each.served, "true");
            waited(each, each.refused, "false");
        }
        text.family(PREFIX + "request_execution_seconds", Type.HISTOGRAM,
                "How long requests had their seats, watches until they had told what there is");
        for (FlowCounts each : flows) {
            executed(each, each.executed, "regular");
            executed(each, each.executedWatches, "watch");
        }
        text.family(PREFIX + "work_estimated_seats", Type.HISTOGRAM, "How many seats requests were estimated to need");
        for (FlowCounts each : flows) {
            if (each.estimated.count() > 0) {
                text.histogram(each.estimated, SCHEMA, each.schema, LEVEL, each.level);
            }
        }
    }

    private void queues() {
        text.family(PREFIX + "request_queue_length_after_enqueue", Type.HISTOGRAM,
                "How many requests were in the queue of one that came, itself included");
        for (FlowCounts each : flows) {
            if (each.queueLengths.count() > 0) {
                text.histogram(each.queueLengths, SCHEMA, each.schema, LEVEL, each.level);
            }
        }
        text.family(PREFIX + "request_dispatch_no_accommodation_total", Type.COUNTER,
                "How often the next request needed more seats than were free");
        for (FlowCounts each : flows) {
            long times = each.unaccommodated.sum();
            if (times > 0) {
                text.value(times, SCHEMA, each.schema, LEVEL, each.level);
            }
        }
    }

    private void executed(FlowCounts flow, Histogram counted, String type) {
        if (counted.count() > 0) {
            text.histogram(counted, SCHEMA, flow.schema, LEVEL, flow.level, "type", type);
        }
    }

    private void waited(FlowCounts flow, Histogram counted, String executed) {
        if (counted.count() > 0) {
            text.histogram(counted, "execute", executed, SCHEMA, flow.schema, LEVEL, flow.level);
        }
    }

    private void flow(String name, Type type, String help, Function<FlowCounts, Number> value) {
        text.family(PREFIX + name, type, help);
        flows.forEach(c -> text.value(value.apply(c), SCHEMA, c.schema, LEVEL, c.level));
    }

    private void levels() {
        level("nominal_limit_seats", "A level's own seats", l -> l.limits().nominal());
        level("lower_limit_seats", "The seats that a level does not lend", l -> l.limits().lower());
        level("upper_limit_seats", "The seats that a level may have with borrowed ones", l -> l.limits().upper());
        level("current_limit_seats", "The seats that a level has at present", l -> l.limits().current());
        level("target_seats", "The seats that a level could use", l -> l.limits().target());
        level("demand_seats_high_watermark", "The most seats that were asked for at once in the last period",
                l -> l.demand().highest());
        level("demand_seats_average", "The seats that were asked for in the last period", l -> l.demand().average());
        level("demand_seats_stdev", "The standard deviation of that", l -> l.demand().deviation());
        level("demand_seats_smoothed", "The demand that counts for lending", l -> l.demand().smoothed());
    }

    /// Each level is looked at once, so that its figures are of one moment.
    private void utilization() {
        Map<String, SeatUse.Timed> all = new LinkedHashMap<>();
        levels.forEach(l -> all.put(l.spec().name(), l.seats().timed()));
        text.family(PREFIX + "priority_level_seat_utilization", Type.HISTOGRAM,
                "What part of a level's seats was taken, at the end of every nanosecond");
        all.forEach((name, used) -> text.histogram(used.seats(), PHASE, EXECUTING, LEVEL, name));
        text.family(PREFIX + "priority_level_request_utilization", Type.HISTOGRAM,
                "Requests as a part of a level's seats, or of the room in its queues, at the end of every nanosecond");
        all.forEach((name, used) -> {
            text.histogram(used.executing(), PHASE, EXECUTING, LEVEL, name);
            text.histogram(used.waiting(), PHASE, "waiting", LEVEL, name);
        });
        text.family(PREFIX + "demand_seats", Type.HISTOGRAM,
                "The seats that a level could use, as a part of those it has, at the end of every nanosecond");
        all.forEach((name, used) -> text.histogram(used.demand(), LEVEL, name));
    }

    private void level(String name, String help, Function<PriorityLevel, Number> value) {
        text.family(PREFIX + name, Type.GAUGE, help);
        levels.forEach(l -> text.value(value.apply(l), LEVEL, l.spec().name()));
    }
}
