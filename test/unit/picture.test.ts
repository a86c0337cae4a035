import { expect, it } from "vitest";
import { srcsetOf } from "../../worker/catalog/picture.ts";
import { SiteSettings } from "../../worker/sites/schema.ts";

const PICTURE = "https://img.shop.test/울 코트.jpg?v=2&w=1";

it("puts the picture's address into the path as it is, and into a query encoded", () => {
  const inPath = srcsetOf("https://shop.test/cdn-cgi/image/width={width},format=auto/{url}", PICTURE);
  expect(inPath?.split(", ")).toEqual(
    [160, 320, 480, 640].map(
      (width) =>
        `https://shop.test/cdn-cgi/image/width=${width},format=auto/https://img.shop.test/%EC%9A%B8%20%EC%BD%94%ED%8A%B8.jpg?v=2&w=1 ${width}w`,
    ),
  );
  const [first] = srcsetOf("https://images.test/resize?w={width}&u={url}", PICTURE)?.split(" ") ?? [];
  expect(new URL(first ?? "").searchParams.get("u")).toBe(PICTURE);
  expect(new URL(first ?? "").searchParams.get("w")).toBe("160");
});

it("leaves pictures as they are without a service, and what is no web address", () => {
  expect(srcsetOf(null, PICTURE)).toBeUndefined();
  expect(srcsetOf("https://shop.test/{width}/{url}", "data:image/png;base64,AAAA")).toBeUndefined();
  expect(srcsetOf("https://[{width}/{url}", PICTURE)).toBeUndefined();
});

it.each([
  ["https://shop.test/{width}/{url}", true],
  ["https://shop.test/{url}", false],
  ["https://shop.test/{width}/picture", false],
  ["http://shop.test/{width}/{url}", false],
  ["https://shop.test/{width}/{url}/{site}", false],
])("takes %s: %s", (imageTemplate, isTaken) => {
  expect(SiteSettings.safeParse({ name: "Shop", imageTemplate }).success).toBe(isTaken);
});
