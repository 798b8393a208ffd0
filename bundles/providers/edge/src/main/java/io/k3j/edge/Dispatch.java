package io.k3j.edge;

import io.k3j.edgeapi.BodyTooLarge;
import io.k3j.edgeapi.Endpoint;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/// Dispatches the requests of one port to their endpoints, and counts what of their bodies nobody has read.
final class Dispatch {
    private static final System.Logger LOG = System.getLogger("io.k3j.edge");

    private final Routes routes;
    private final UnreadBodies unread;

    Dispatch(Routes routes, UnreadBodies unread) {
        this.routes = routes;
        this.unread = unread;
    }

    UnreadBodies unread() {
        return unread;
    }

    /// Serves one request, on its virtual thread. Catches every failure and answers it.
    void serve(HttpExchange exchange) {
        try {
            @Nullable
            Endpoint endpoint = routes.find(exchange.path());
            if (endpoint == null) {
                StatusAnswer.unavailable(exchange, routes.isEmpty() ? "starting" : "apiserver not ready");
                return;
            }
            exchange.endpoint(endpoint);
            endpoint.serve(exchange);
            if (exchange.unanswered()) {
                StatusAnswer.internalError(exchange, "the request was not answered");
            }
        } catch (BodyTooLarge large) {
            refuse(exchange, 413, "RequestEntityTooLarge", "Request entity too large: " + large.getMessage());
        } catch (SocketTimeoutException slow) {
            refuse(exchange, 408, "Timeout", slow.getMessage());
        } catch (IOException | RuntimeException | Error failed) {
            // `Error` too: a class that fails to load during a swap must not leave a client without a response
            fail(exchange, failed);
        }
    }

    private static void fail(HttpExchange exchange, Throwable failed) {
        if (exchange.over()) {
            return;
        }
        LOG.log(Level.WARNING, "Request failed method=" + exchange.method() + " path=" + exchange.path(), failed);
        refuse(exchange, 500, "InternalError", "Internal error occurred");
    }

    private static void refuse(HttpExchange exchange, int code, String reason, @Nullable String message) {
        if (!exchange.unanswered()) {
            exchange.abort();
            return;
        }
        try {
            StatusAnswer.send(exchange, code, reason, String.valueOf(message));
        } catch (IOException gone) {
            exchange.abort();
        }
    }
}
