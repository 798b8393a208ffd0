package io.k3j.authrbac;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Json;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a review's selectors limit a question to.
class ReviewSelectorsTest {
    private static Struct json(String text) {
        return Json.object(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", quoteCharacter = '`', value = {
            "{} | ``", "{'rawSelector':'a=b,c in (x,y),!d'} | a=b,c in (x,y),!d",
            "{'requirements':[{'key':'a','operator':'In','values':['y','x']}]} | a in (x,y)",
            "{'requirements':[{'key':'a','operator':'NotIn','values':['x']},{'key':'b','operator':'Exists'}]} | a!=x,b",
            "{'requirements':[{'key':'a','operator':'DoesNotExist'},{'key':'b','operator':'Near'}]} | !a",
            "{'requirements':[{'key':'a','operator':'In'},{'key':'b','operator':'Exists','values':['x']}]} | ``",
            "{'rawSelector':'a==='} | ``"})
    void labels(String selector, String text) {
        assertThat(ReviewSelectors.labels(json(selector))).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"{} | ``", "{'rawSelector':'a=b,c!=d'} | a=b,c!=d",
            "{'requirements':[{'key':'a','operator':'In','values':['x']},{'key':'b','operator':'NotIn','values':['y']}]} | a=x,b!=y",
            "{'requirements':[{'key':'a','operator':'In','values':['x','y']},{'key':'b','operator':'Exists'}]} | ``",
            "{'rawSelector':'nothing'} | ``"})
    void fields(String selector, String text) {
        assertThat(ReviewSelectors.fields(json(selector))).hasToString(text);
    }
}
