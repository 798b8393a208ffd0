package io.k3j.apiserver;

import io.k3j.apirequests.Request;
import io.k3j.apirequests.Responses;
import io.k3j.flowcontrol.FlowController;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;

/// Serves what an operator asks of flow control, as text: `/debug/api_priority_and_fairness/dump_priority_levels`,
/// `dump_queues` and `dump_requests` (<https://kubernetes.io/docs/reference/debug-cluster/flow-control/>). Like
/// upstream's, these paths are in no list, and authorized as every other.
final class FlowControlDumps {
    private static final int SEGMENTS = 3;
    private final FlowController flows;
    private final InstantSource clock;
    private final Responses answers;

    FlowControlDumps(FlowController flows, InstantSource clock, Responses answers) {
        this.flows = flows;
        this.clock = clock;
        this.answers = answers;
    }

    /// Serves an authorized request.
    /// @throws io.k3j.clientapi.ApiFault 404 for another path
    void serve(Request request) throws IOException {
        List<String> path = request.segments();
        boolean known = path.size() == SEGMENTS && path.get(1).equals("api_priority_and_fairness");
        boolean details = !request.params().text("includeRequestDetails").isEmpty();
        String dump = known ? flows.dump(path.getLast(), details, clock.instant()) : null;
        if (dump == null) {
            throw Responses.noSuchResource();
        }
        answers.bytes(request, 200, "text/plain; charset=utf-8", dump.getBytes(StandardCharsets.UTF_8));
    }
}
