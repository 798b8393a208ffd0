package io.k3j.supervisorrequests;

import io.k3j.edgeapi.Exchange;
import java.io.IOException;

/// Answers requests of somebody who has been let in. Implemented by anyone who serves a path of the supervisor's port,
/// called on the virtual thread of each request, by many at once.
public interface RequestHandler {
    /// Answers, once; blocks for as long as that takes.
    /// @throws Refusal when the answer is no; nothing has been answered yet then
    /// @throws IOException when the client has gone, or this server cannot say
    void answer(Exchange exchange, Requester asker) throws IOException, Refusal;
}
