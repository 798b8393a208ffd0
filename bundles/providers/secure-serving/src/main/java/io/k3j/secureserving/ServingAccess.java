package io.k3j.secureserving;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.TimeSource;
import io.k3j.delegatedaccess.AccessReviews;
import io.k3j.delegatedaccess.AccessReviews.User;
import io.k3j.delegatedaccess.ReviewFailure;
import io.k3j.edgeapi.Exchange;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Map;

/// Who may read what on a component's port, as upstream's delegated authentication and authorization have it: masters
/// everything, everybody the paths that need no authorization, others what a `SubjectAccessReview` of the path says.
/// Who shows nothing is `system:anonymous`; a token that the API server does not know is 401. Any thread; blocks while
/// the API server is asked, and lets nobody in by a review that fails.
final class ServingAccess {
    private static final String MASTERS = "system:masters";
    private static final User ANONYMOUS = new User("system:anonymous", "", List.of("system:unauthenticated"),
            Struct.EMPTY);
    private static final Map<String, String> VERBS = Map.of("GET", "get", "HEAD", "head");
    private final AccessReviews reviews;
    private final ServingOptions options;

    /// @param api asked as the component
    ServingAccess(ApiClient api, TimeSource clock, ServingOptions options) {
        this.reviews = new AccessReviews(api, clock, options.lifetimes());
        this.options = options;
    }

    /// Returns when a request may be answered.
    /// @throws ApiFault 401, 403, 405; 500 or 503 when the API server cannot be asked
    void admit(Exchange x) {
        String verb = VERBS.get(x.method());
        if (verb == null) {
            throw new ApiFault(405, "MethodNotAllowed",
                    "the server does not allow this method on the requested resource", Struct.EMPTY);
        }
        try {
            decide(x, verb);
        } catch (ReviewFailure e) {
            String why = String.valueOf(e.getMessage());
            throw e.status() == 503 ? ApiFault.unavailable(why) : ApiFault.internal(why);
        }
    }

    private void decide(Exchange x, String verb) {
        User user = user(x);
        if (user.groups().contains(MASTERS) || options.allows(x.path())) {
            return;
        }
        if (!reviews.allowed(x, user, "nonResourceAttributes", Struct.of("verb", verb, "path", x.path()))) {
            throw new ApiFault(403, "Forbidden", "forbidden: User \"" + user.name() + "\" cannot " + verb + " path \""
                    + x.path() + "\"", Struct.EMPTY);
        }
    }

    private User user(Exchange x) {
        User known = reviews.user(x);
        if (!known.nobody()) {
            return known;
        }
        if (AccessReviews.showsToken(x)) {
            throw new ApiFault(401, "Unauthorized", "Unauthorized", Struct.EMPTY);
        }
        return ANONYMOUS;
    }
}
