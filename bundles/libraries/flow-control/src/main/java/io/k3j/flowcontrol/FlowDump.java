package io.k3j.flowcontrol;

import io.k3j.flowcontrol.Turn.Shard;
import io.k3j.model.Gvr;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What an operator sees below `/debug/api_priority_and_fairness/`: tables with upstream's columns
/// (<https://kubernetes.io/docs/reference/debug-cluster/flow-control/>). Queues in which nothing is have no row.
///
/// Names of users and paths are in them, and nothing else of a request.
final class FlowDump {
    private static final String NEVER = "0001-01-01T00:00:00Z";
    private static final int LEAST_WIDTH = 8;
    private final List<String[]> rows = new ArrayList<>();
    private final long nanos;
    private final Instant now;

    /// @param nanos what the clock of the seats says now
    FlowDump(long nanos, Instant now) {
        this.nanos = nanos;
        this.now = now;
    }

    private void row(Object... cells) {
        rows.add(Arrays.stream(cells).map(String::valueOf).toArray(String[]::new));
    }

    /// A row for each level.
    String levels(List<PriorityLevel> levels, Collection<FlowCounts> counts) {
        row("PriorityLevelName", "ActiveQueues", "IsIdle", "IsQuiescing", "WaitingRequests", "ExecutingRequests",
                "DispatchedRequests", "RejectedRequests", "TimedoutRequests", "CancelledRequests");
        for (PriorityLevel level : levels) {
            String name = level.spec().name();
            List<FlowCounts> own = counts.stream().filter(c -> c.level.equals(name)).toList();
            int waiting = level.seats().waiting(false) + level.seats().waiting(true);
            int executing = level.seats().executing(false) + level.seats().executing(true);
            long[] active = new long[1];
            level.seats().look((all, latest) -> active[0] = all.stream().filter(s -> s.waiting > 0).count());
            row(name, active[0], waiting + executing == 0, false, waiting, executing,
                    own.stream().mapToLong(c -> c.dispatched.sum()).sum(),
                    own.stream().mapToLong(FlowCounts::rejected).sum(), 0,
                    own.stream().mapToLong(c -> c.refusals(RejectReason.TIME_OUT).sum()).sum());
        }
        return text();
    }

    /// A row for each queue there is.
    String queues(List<PriorityLevel> levels) {
        row("PriorityLevelName", "Index", "PendingRequests", "ExecutingRequests", "SeatsInUse", "NextDispatchR",
                "InitialSeatsSum", "MaxSeatsSum", "TotalWorkSum");
        for (PriorityLevel level : levels) {
            level.seats().look((all, latest) -> {
                Map<Shard, Integer> inUse = new IdentityHashMap<>();
                for (Turn each = latest; each != null; each = each.earlier) {
                    if (each.shard != null) {
                        inUse.merge(each.shard, each.seats, Integer::sum);
                    }
                }
                all.forEach(shard -> row(level.spec().name(), shard.index, shard.waiting, shard.executing,
                        inUse.getOrDefault(shard, 0), seatSeconds(QueueSet.nanos(shard.next)), shard.waitingSeats,
                        shard.waitingSeats, seatSeconds(QueueSet.GUESS * shard.waitingSeats)));
            });
        }
        return text();
    }

    private static String seatSeconds(long nanos) {
        return String.format(Locale.ROOT, "%d.%08dss", nanos / 1_000_000_000, nanos % 1_000_000_000 / 10);
    }

    /// A row for each request that waits, and for each that has seats.
    /// @param details with who asks, and for what
    String requests(List<PriorityLevel> levels, boolean details) {
        List<String> heads = new ArrayList<>(List.of("PriorityLevelName", "FlowSchemaName", "QueueIndex",
                "RequestIndexInQueue", "FlowDistingsher", "ArriveTime", "InitialSeats", "FinalSeats",
                "AdditionalLatency", "StartTime"));
        if (details) {
            heads.addAll(List.of("UserName", "Verb", "APIPath", "Namespace", "Name", "APIVersion", "Resource",
                    "SubResource"));
        }
        row(heads.toArray());
        for (PriorityLevel level : levels) {
            level.seats().look((all, latest) -> {
                for (Shard shard : all) {
                    int at = 0;
                    for (Turn each = shard.head; each != null; each = each.behind) {
                        request(level, each, at++, details);
                    }
                }
                for (Turn each = latest; each != null; each = each.earlier) {
                    request(level, each, -1, details);
                }
            });
        }
        return text();
    }

    private void request(PriorityLevel level, Turn turn, int at, boolean details) {
        FlowSchema schema = turn.of.match().schema();
        RequestDigest asked = turn.of.digest();
        List<Object> cells = new ArrayList<>(List.of(level.spec().name(), schema.name(),
                turn.shard == null ? -1 : turn.shard.index, at, schema.distinguisher(asked), time(turn.entered),
                turn.seats, 0, "0s", turn.come ? time(turn.since) : NEVER));
        if (details) {
            Gvr resource = asked.resource();
            cells.addAll(List.of(asked.caller().user(), asked.verb(), asked.path(), asked.namespace(), asked.name(),
                    resource.apiVersion(), resource.resource(), asked.subresource()));
        }
        row(cells.toArray());
    }

    private Instant time(long at) {
        return now.minus(Duration.ofNanos(nanos - at));
    }

    /// Cells with a comma behind each but the last, below each other.
    private String text() {
        int columns = rows.getFirst().length;
        StringBuilder text = new StringBuilder();
        int[] widths = new int[columns];
        for (String[] row : rows) {
            for (int i = 0; i < columns - 1; i++) {
                widths[i] = Math.max(Math.max(LEAST_WIDTH, widths[i]), row[i].length() + 2);
            }
        }
        for (String[] row : rows) {
            for (int i = 0; i < columns - 1; i++) {
                text.append(row[i]).append(',').repeat(' ', widths[i] - row[i].length() - 1);
            }
            text.append(row[columns - 1]).append('\n');
        }
        return text.toString();
    }
}
