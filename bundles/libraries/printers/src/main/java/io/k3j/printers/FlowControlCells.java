package io.k3j.printers;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.Map;

/// The cells of flow schemas and priority levels (`flowcontrol.apiserver.k8s.io`, "API Priority and Fairness").
///
/// | function | column | cell |
/// |---|---|---|
/// | `flowschema.distinguisher` | DistinguisherMethod | by what requests are told apart, `<none>` when they are not |
/// | `flowschema.missing` | MissingPL | the status of `Dangling`: whether its priority level is missing; `?` before it is known |
/// | `level.shares` | NominalConcurrencyShares | seats in proportion; `<none>` for an exempt level |
/// | `level.queues`, `level.hand`, `level.length` | Queues, HandSize, QueueLengthLimit | `<none>` for a level that rejects |
final class FlowControlCells {
    private FlowControlCells() {
    }

    static void into(Map<String, Cells.Cell> cells) {
        cells.put("flowschema.distinguisher",
                (o, now) -> Cells.orNone(o.struct("spec").struct("distinguisherMethod").text("type")));
        cells.put("flowschema.missing", (o, now) -> dangling(o.struct("status").seq("conditions")));
        cells.put("level.shares", (o, now) -> number(limited(o), "nominalConcurrencyShares"));
        cells.put("level.queues", (o, now) -> number(queuing(o), "queues"));
        cells.put("level.hand", (o, now) -> number(queuing(o), "handSize"));
        cells.put("level.length", (o, now) -> number(queuing(o), "queueLengthLimit"));
    }

    private static Object number(Struct of, String field) {
        return of.isEmpty() ? Cells.NONE : (Object) of.whole(field, 0);
    }

    private static String dangling(Seq conditions) {
        String status = conditions.find("type", "Dangling").text("status");
        return status.isEmpty() ? "?" : status;
    }

    /// Empty for a level of the type `Exempt`, which has no limits; then all four cells are `<none>`.
    private static Struct limited(Struct level) {
        return level.struct("spec").struct("limited");
    }

    /// Empty for a level whose answer to a full house is `Reject`: it has no queues.
    private static Struct queuing(Struct level) {
        return limited(level).struct("limitResponse").struct("queuing");
    }
}
