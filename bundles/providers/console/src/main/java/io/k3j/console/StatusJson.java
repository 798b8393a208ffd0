package io.k3j.console;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.k3j.componentapi.Components.Component;
import io.k3j.componentapi.Components.Feature;
import io.k3j.componentapi.Components.Setting;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;

/// What `k3s component status -o json` prints: an object for a name, a list for what has failed. Fields are only added.
final class StatusJson {
    /// One feature with what is told about it beside.
    ///
    /// @param neededBy enabled features that need it
    record Shown(Feature feature, List<String> neededBy, List<Setting> settings) {
    }

    private final JsonGenerator json;

    private StatusJson(JsonGenerator json) {
        this.json = json;
    }

    /// @param single whether the first is all that was asked for
    static String of(List<Shown> features, boolean single) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
            StatusJson out = new StatusJson(json);
            if (single) {
                out.feature(features.getFirst());
            } else {
                json.writeStartArray();
                for (Shown one : features) {
                    out.feature(one);
                }
                json.writeEndArray();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private void feature(Shown shown) throws IOException {
        Feature feature = shown.feature;
        json.writeStartObject();
        json.writeStringField("name", feature.name());
        json.writeStringField("state", feature.state());
        json.writeStringField("decided", feature.decided());
        words("needs", feature.needs());
        words("neededBy", shown.neededBy);
        json.writeStringField("message", feature.message());
        json.writeArrayFieldStart("bundles");
        for (Component bundle : feature.bundles()) {
            bundle(bundle);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("settings");
        for (Setting setting : shown.settings) {
            setting(setting);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void words(String name, List<String> words) throws IOException {
        json.writeArrayFieldStart(name);
        for (String word : words) {
            json.writeString(word);
        }
        json.writeEndArray();
    }

    private void bundle(Component bundle) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", bundle.name());
        json.writeStringField("symbolicName", bundle.symbolicName());
        json.writeStringField("version", bundle.version());
        json.writeStringField("state", bundle.state());
        json.writeStringField("health", bundle.health().name());
        json.writeStringField("message", bundle.message());
        json.writeStringField("policy", bundle.policy().name());
        json.writeStringField("since", bundle.since());
        json.writeStringField("signer", bundle.signer());
        json.writeEndObject();
    }

    private void setting(Setting setting) throws IOException {
        json.writeStartObject();
        json.writeStringField("pid", setting.pid());
        json.writeStringField("name", setting.name());
        json.writeStringField("type", setting.type());
        json.writeStringField("value", setting.value());
        json.writeBooleanField("default", setting.isDefault());
        json.writeStringField("flag", setting.flag());
        json.writeStringField("where", setting.where());
        json.writeStringField("description", setting.description());
        json.writeEndObject();
    }
}
