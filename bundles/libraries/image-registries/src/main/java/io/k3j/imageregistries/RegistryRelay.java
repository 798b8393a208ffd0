package io.k3j.imageregistries;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;

/// Asks the endpoints of a registry for containerd, one after the other, with rewrites and logins; the first that has
/// what was asked for answers. For any thread; blocks until the head of an answer is there.
///
/// **Whose login.** This node's own where `configs` has one for the endpoint. Where it has none, or the endpoint
/// refuses it, containerd is told the challenge and comes again with what a pod brings: a password goes to endpoints
/// that asked for one, a token only to the endpoint whose challenge containerd was told last.
final class RegistryRelay implements AutoCloseable {
    private static final Duration HEAD_LIMIT = Duration.ofSeconds(60);
    private static final int MOST_REDIRECTS = 5;
    private static final int MOST_CHALLENGES = 512;
    private static final int OK = 200;
    private static final int PARTIAL = 206;
    private static final int NOT_MODIFIED = 304;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int BAD_GATEWAY = 502;
    private static final List<Integer> REDIRECTS = List.of(301, 302, 303, 307, 308);
    private final RegistryClients clients;
    private final RegistryTokens tokens;
    private final PullFailures failures;
    /// Who asked a pod for what, by [#slot].
    private final Map<String, String> told = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > MOST_CHALLENGES;
        }
    };

    /// @param environment may name proxies
    /// @param clock for the ends of tokens
    RegistryRelay(Map<String, String> environment, PullFailures failures, InstantSource clock) {
        this.clients = new RegistryClients(environment);
        this.tokens = new RegistryTokens(clients, clock);
        this.failures = failures;
    }

    /// What containerd is answered.
    ///
    /// @param challenge for 401
    record Answer(int status, Optional<HttpResponse<InputStream>> found, String challenge) {
    }

    /// Never throws for what a registry does.
    Answer ask(Registries registries, RelayRequest request) throws InterruptedException {
        List<RegistryEndpoint> endpoints = registries.endpoints(request.registry());
        if (endpoints.isEmpty()) {
            failures.add(request.place(), "registries.yaml has no endpoint for " + request.registry()
                    + ", and --disable-default-registry-endpoint forbids " + request.registry() + " itself");
        }
        Answer last = new Answer(NOT_FOUND, Optional.empty(), "");
        Answer asked = null;
        for (RegistryEndpoint endpoint : endpoints) {
            last = attempt(endpoint, registries.access(endpoint.host()), request);
            if (last.found().isPresent()) {
                return last;
            }
            if (!last.challenge().isEmpty()) {
                asked = last;
                remember(slot(request.place(), endpoint, last.challenge()), endpoint);
            }
        }
        return asked == null ? last : asked;
    }

    private synchronized void remember(String slot, RegistryEndpoint endpoint) {
        told.put(slot, endpoint.base().toString());
    }

    private synchronized boolean told(String slot, RegistryEndpoint endpoint) {
        return endpoint.base().toString().equals(told.get(slot));
    }

    /// A token is for one endpoint of a repository, a password may be for several.
    ///
    /// @param words a challenge, or what is shown for it
    private static String slot(String place, RegistryEndpoint endpoint, String words) {
        return words.regionMatches(true, 0, "Basic", 0, "Basic".length()) ? place + " " + endpoint.base() : place;
    }

    private Answer attempt(RegistryEndpoint endpoint, HostAccess access, RelayRequest request)
            throws InterruptedException {
        String repository = endpoint.rewritten(request.repository());
        if (!RelayRequest.repository(repository)) {
            return refused(request, endpoint, NOT_FOUND, "a rewrite makes of " + request.repository()
                    + " what is no name of a repository: " + repository);
        }
        URI url = URI.create(endpoint.base() + "/" + repository + "/" + request.rest() + namespace(endpoint, request));
        try {
            return answered(endpoint, access, request, repository, url);
        } catch (HttpTimeoutException e) {
            return refused(request, endpoint, BAD_GATEWAY, "no answer in time");
        } catch (SSLException e) {
            return refused(request, endpoint, BAD_GATEWAY, e.getMessage()
                    + "; see ca_file of configs.\"" + endpoint.host() + "\".tls");
        } catch (ConnectException e) {
            return refused(request, endpoint, BAD_GATEWAY, "cannot be reached");
        } catch (IOException e) {
            return refused(request, endpoint, BAD_GATEWAY, String.valueOf(e.getMessage()));
        }
    }

    /// A mirror is told whose image it is.
    private static String namespace(RegistryEndpoint endpoint, RelayRequest request) {
        return endpoint.host().equals(request.registry()) ? "" : "?ns=" + request.registry();
    }

    private Answer answered(RegistryEndpoint endpoint, HostAccess access, RelayRequest request, String repository,
            URI url) throws IOException, InterruptedException {
        RegistryTokens.Holder holder = new RegistryTokens.Holder(endpoint.base().getAuthority(), repository,
                access.login());
        Optional<String> pod = forPod(endpoint, request);
        Optional<String> shown = pod.isPresent() ? pod : tokens.known(holder);
        HttpResponse<InputStream> response = send(url, access.tls(), request, shown);
        Optional<Challenge> challenge = challenge(response);
        if (challenge.isPresent() && pod.isEmpty()) {
            tokens.forget(holder);
            Optional<String> header;
            try {
                header = tokens.header(holder, challenge.get(), access.tls(),
                        "https".equals(endpoint.base().getScheme()));
            } catch (IOException e) {
                response.body().close();
                refused(request, endpoint, UNAUTHORIZED, String.valueOf(e.getMessage()));
                return new Answer(UNAUTHORIZED, Optional.empty(), challenge.get().header());
            }
            if (header.isPresent()) {
                response.body().close();
                shown = header;
                response = send(url, access.tls(), request, header);
            }
        }
        int status = response.statusCode();
        if (status == OK || status == PARTIAL || status == NOT_MODIFIED) {
            return new Answer(status, Optional.of(response), "");
        }
        response.body().close();
        // containerd gets a token for nobody by itself: what was said before is what matters
        boolean nobody = pod.isPresent() && pod.get().startsWith("Bearer ")
                && failures.knows(request.place(), endpoint.base().toString());
        if (!nobody) {
            boolean login = status == UNAUTHORIZED || status == FORBIDDEN;
            refused(request, endpoint, status, login ? who(status, endpoint, access, pod, shown)
                    : status == NOT_FOUND ? repository + " is not there (404)" : "answered " + status);
        }
        return new Answer(status, Optional.empty(), challenge(response).map(Challenge::header).orElse(""));
    }

    /// What containerd shows for a pod, where this endpoint may see it.
    private Optional<String> forPod(RegistryEndpoint endpoint, RelayRequest request) {
        return request.authorization().filter(a -> told(slot(request.place(), endpoint, a), endpoint));
    }

    private static String who(int status, RegistryEndpoint endpoint, HostAccess access, Optional<String> pod,
            Optional<String> shown) {
        String who = pod.isPresent() ? "the pod's image pull secret"
                : access.login().given() && shown.isPresent()
                        ? access.login() + " of configs.\"" + endpoint.host() + "\".auth" : "a pull without a login";
        return "refused " + who + " (" + status + ")";
    }

    private Answer refused(RelayRequest request, RegistryEndpoint endpoint, int status, String reason) {
        failures.add(request.place(), endpoint.base() + ": " + reason);
        return new Answer(status, Optional.empty(), "");
    }

    private static Optional<Challenge> challenge(HttpResponse<InputStream> response) {
        return response.statusCode() == UNAUTHORIZED
                ? Challenge.of(response.headers().allValues("www-authenticate")) : Optional.empty();
    }

    /// Follows redirects; what was shown goes to the first host only.
    private HttpResponse<InputStream> send(URI url, HostAccess.Tls tls, RelayRequest request, Optional<String> shown)
            throws IOException, InterruptedException {
        URI at = url;
        for (int hops = 0; hops <= MOST_REDIRECTS; hops++) {
            boolean home = at.getAuthority().equals(url.getAuthority()) && at.getScheme().equals(url.getScheme());
            HttpRequest.Builder builder = HttpRequest.newBuilder(at).timeout(HEAD_LIMIT).method(request.method(),
                    BodyPublishers.noBody());
            request.headers().forEach(builder::header);
            if (home) {
                shown.ifPresent(header -> builder.header("authorization", header));
            }
            HttpResponse<InputStream> response = clients.send(at, home ? tls : HostAccess.Tls.NONE, builder);
            if (!REDIRECTS.contains(response.statusCode())) {
                return response;
            }
            response.body().close();
            at = next(at, response.headers().firstValue("location").orElse(""));
        }
        throw new IOException("it redirects more than " + MOST_REDIRECTS + " times");
    }

    /// Never from TLS to none.
    private static URI next(URI from, String location) throws IOException {
        try {
            URI to = from.resolve(location);
            boolean safe = "https".equals(to.getScheme())
                    || "http".equals(to.getScheme()) && "http".equals(from.getScheme());
            if (to.getHost() != null && safe) {
                return to;
            }
        } catch (IllegalArgumentException unreadable) {
            // told below
        }
        throw new IOException("it redirects to nowhere that can be asked");
    }

    @Override
    public void close() {
        clients.close();
    }
}
