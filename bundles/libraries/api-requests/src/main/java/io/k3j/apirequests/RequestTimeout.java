package io.k3j.apirequests;

import io.k3j.apimachinery.GoDuration;
import io.k3j.clientapi.ApiFault;
import java.time.Duration;

/// How long a request may take, as its parameter `timeout` says; upstream's `WithRequestDeadline`. Pure.
public final class RequestTimeout {
    /// The default and the longest: upstream's `--request-timeout`.
    public static final Duration MOST = Duration.ofSeconds(60);

    private RequestTimeout() {
    }

    /// What a request asks for. The longest for one that asks for nothing, for no limit or for more, and for one that
    /// goes on for as long as its client likes, whose parameter is somebody else's.
    ///
    /// @throws ApiFault 400 for what is no duration
    public static Duration of(Request request) {
        String text = request.params().text("timeout");
        if (text.isEmpty() || request.info().longRunning()) {
            return MOST;
        }
        try {
            Duration wanted = GoDuration.parse(text);
            return wanted.isPositive() && wanted.compareTo(MOST) < 0 ? wanted : MOST;
        } catch (IllegalArgumentException e) {
            throw ApiFault.badRequest("invalid timeout specified in the request URL - " + e.getMessage());
        }
    }
}
