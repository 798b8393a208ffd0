package io.k3j.supervisor;

import io.k3j.edgeapi.Exchange;
import java.io.IOException;

/// Answers requests of somebody who has been let in.
interface Answerer {
    /// Answers; blocks for as long as that takes.
    void answer(Exchange exchange, Asker asker) throws IOException, Refusal;
}
