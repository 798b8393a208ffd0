package io.k3j.authtokens;

import io.k3j.apiserverapi.Action;
import io.k3j.model.Gvr;
import io.k3j.model.Struct;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.osgi.service.component.annotations.Component;

/// `selfsubjectreviews`: the caller's own identity (`kubectl auth whoami`).
@Component(service = Action.class)
public final class SelfReviews implements Action {
    @Override
    public Gvr resource() {
        return new Gvr("authentication.k8s.io", "v1", "selfsubjectreviews");
    }

    @Override
    public String subresource() {
        return "";
    }

    @Override
    public Struct perform(Call call) {
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        return call.body().withAt(now, "metadata", "creationTimestamp").with("status",
                Struct.of("userInfo", TokenReviews.userInfo(call.caller())));
    }
}
