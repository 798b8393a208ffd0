package io.k3j.testkitbase;

import java.util.Locale;

/// A figure that the project has promised, printed as a line that `build/figures` makes a row of its table of. It
/// judges and fails nothing: what holds on a machine that does nothing else is for who reads the table.
///
/// @param issue the number of the issue that asks for it
/// @param what is measured, with the circumstances that count
/// @param reached what came of it
/// @param unit of both figures, as it is written behind them
public record Figure(int issue, String what, double reached, String unit) {
    /// What a line begins with.
    public static final String MARK = "figure | ";
    private static final String KEPT = "kept";
    private static final String NOT_KEPT = "not kept";

    /// Prints it beside a limit that it is to stay below or reach.
    public void atMost(double limit) {
        print("≤ " + amount(limit), reached <= limit ? KEPT : NOT_KEPT);
    }

    /// Prints it beside a limit that it is to reach or exceed.
    public void atLeast(double limit) {
        print("≥ " + amount(limit), reached >= limit ? KEPT : NOT_KEPT);
    }

    /// Prints it for who compares others with it.
    public void alone() {
        print("", "");
    }

    private void print(String asked, String verdict) {
        System.out.println(line(asked, verdict));
    }

    String line(String asked, String verdict) {
        return MARK + String.join(" | ", Integer.toString(issue), what, amount(reached), asked, verdict);
    }

    private String amount(double value) {
        String digits = value == Math.rint(value) ? "%.0f" : Math.abs(value) < 10 ? "%.2f" : "%.1f";
        return String.format(Locale.ROOT, digits, value) + (unit.isEmpty() ? "" : " " + unit);
    }
}
