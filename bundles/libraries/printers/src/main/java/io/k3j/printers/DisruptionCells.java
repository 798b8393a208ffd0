package io.k3j.printers;

import java.util.Map;

/// The cells of pod disruption budgets: `MIN AVAILABLE` and `MAX UNAVAILABLE`, numbers or percentages as they were
/// written. A budget sets one of the two, so the other one is `N/A`.
final class DisruptionCells {
    private DisruptionCells() {
    }

    static void into(Map<String, Cells.Cell> cells) {
        cells.put("pdb.min", (o, now) -> Cells.given(o.struct("spec"), "minAvailable", "N/A"));
        cells.put("pdb.max", (o, now) -> Cells.given(o.struct("spec"), "maxUnavailable", "N/A"));
    }
}
