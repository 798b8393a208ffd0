package io.k3j.ha;

import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/// Which blocks of a page a test carries out, by what their comments say. `PageTest` fails for a block that no test
/// names; a test that has named one and ended without doing what the page says there fails by [FollowedBlocks].
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Repeatable(Follows.All.class)
@ExtendWith(FollowedBlocks.class)
public @interface Follows {
    /// The name of the page.
    String page();

    /// Comments of its blocks, without their signs.
    String[] blocks();

    /// Several pages.
    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.RUNTIME)
    @ExtendWith(FollowedBlocks.class)
    @interface All {
        /// One for each page.
        Follows[] value();
    }
}
