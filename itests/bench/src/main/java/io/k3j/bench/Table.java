package io.k3j.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The table that is printed, a line as soon as it is known.
final class Table {
    /// At full size a number is not slow but wrong when it is that many times worse than its floor.
    private static final double COARSE = 2;
    private static final String LINE = "%-62s %12s %12s %8s %8s %9s %9s  %s%n";
    private final List<String> wrong = new ArrayList<>();

    private final boolean gated;

    /// Prints the head.
    /// @param gated whether numbers that are far from their floors are wrong
    Table(boolean gated) {
        this.gated = gated;
        System.out.printf(LINE, "measure", "reached", "floor", "p50 ms", "p99 ms", "server us", "client us", "");
    }

    /// A floor that is to be exceeded (`atLeast`) or kept.
    record Floor(double value, boolean atLeast, double p99Millis) {
        static Floor atLeast(double value, double p99Millis) {
            return new Floor(value, true, p99Millis);
        }

        static Floor atMost(double value) {
            return new Floor(value, false, Double.MAX_VALUE);
        }

        static Floor none() {
            return atMost(Double.MAX_VALUE);
        }

        private Floor coarse() {
            return new Floor(atLeast ? value / COARSE : value * COARSE, atLeast, p99Millis * COARSE);
        }

        private boolean holds(double reached, double p99) {
            return (atLeast ? reached >= value : reached <= value) && p99 <= p99Millis;
        }
    }

    /// CPU time of one request or event.
    record Cost(double serverMicros, double clientMicros) {
    }

    /// A rate with latencies and CPU per request.
    void rate(String name, Load.Reached reached, Floor floor) {
        Cost cost = new Cost(reached.serverMicros(), reached.clientMicros());
        row(name, String.format(Locale.ROOT, "%.0f/s", reached.perSecond()), new Judged(floor, reached.perSecond()),
                reached.latencies(), cost);
        gate(name, floor, reached.perSecond(), reached.latencies().micros(0.99) / 1_000);
        check(name, reached.failed() == 0 && reached.perSecond() > 0, reached.failed() + " refused");
    }

    /// One number with its unit.
    void value(String name, double value, String unit, Floor floor) {
        System.out.printf(Locale.ROOT, LINE, name, String.format(Locale.ROOT, "%.2f %s", value, unit),
                floor.value() == Double.MAX_VALUE ? "" : String.format(Locale.ROOT, "%.2f", floor.value()), "", "", "",
                "", floor.holds(value, 0) ? "" : "below its floor");
        gate(name, floor, value, 0);
    }

    private void gate(String name, Floor floor, double reached, double p99) {
        check(name, !gated || floor.coarse().holds(reached, p99), reached + " (p99 " + p99 + " ms) is "
                + COARSE + " times worse than its floor of " + floor.value());
    }

    /// Latencies and what may not be lost.
    void fanout(String name, Fanout.Result result, Floor floor, Cost cost) {
        row(name, result.events() + " ev", new Judged(floor, result.events()), result.latencies(), cost);
        check(name, result.missing() == 0 && result.cut() == 0 && result.events() > 0,
                result.missing() + " events missing, " + result.cut() + " watches cut");
    }

    private record Judged(Floor floor, double reached) {
    }

    private static void row(String name, String reached, Judged judged, Histogram latencies, Cost cost) {
        Floor floor = judged.floor;
        String limit = String.format(Locale.ROOT, "%.0f", floor.value())
                + (floor.p99Millis() == Double.MAX_VALUE ? "" : String.format(Locale.ROOT, "/%.0f", floor.p99Millis()));
        System.out.printf(Locale.ROOT, LINE, name, reached, limit, millis(latencies, 0.5), millis(latencies, 0.99),
                String.format(Locale.ROOT, "%.1f", cost.serverMicros),
                String.format(Locale.ROOT, "%.1f", cost.clientMicros),
                floor.holds(judged.reached, latencies.micros(0.99) / 1_000) ? "" : "below its floor");
    }

    private static String millis(Histogram latencies, double quantile) {
        return String.format(Locale.ROOT, "%.2f", latencies.micros(quantile) / 1_000);
    }

    /// Notes that something was not merely slow but wrong.
    void check(String name, boolean right, String otherwise) {
        if (!right) {
            wrong.add(name + ": " + otherwise);
            System.out.println("  WRONG " + wrong.getLast());
        }
    }

    /// What was wrong.
    List<String> wrong() {
        return List.copyOf(wrong);
    }
}
