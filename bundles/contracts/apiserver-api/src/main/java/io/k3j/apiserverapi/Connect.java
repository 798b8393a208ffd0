package io.k3j.apiserverapi;

import io.k3j.edgeapi.Exchange;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import java.io.IOException;
import org.osgi.annotation.versioning.ConsumerType;

/// A subresource that is a connection rather than an object: `pods/exec`, `pods/log`, `nodes/proxy`.
///
/// **Who.** `node-proxy` registers one service per subresource; `apiserver` calls it after
/// authentication, authorisation and CONNECT admission, in the request's virtual thread.
/// **Failure.** An `io.k3j.clientapi.ApiFault` before anything was answered becomes the answer.
@ConsumerType
public interface Connect {
    /// The resource the subresource belongs to.
    Gvr resource();

    /// The subresource, as `exec`.
    String subresource();

    /// Answers the request; blocks for as long as the connection lasts.
    void serve(Call call) throws IOException;

    /// The request: who, the object, what follows the subresource in the path (as it was sent, still percent-encoded,
    /// with its leading slash, else empty), and the exchange to answer on.
    record Call(Caller caller, Key key, String rest, Exchange exchange) {
    }
}
