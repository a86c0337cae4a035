/** The words that no marketer writes: buttons and what is read aloud. */
export interface Words {
  skip: string;
  next: string;
  submit: string;
  picked: (count: number, most: number) => string;
  full: (most: number) => string;
  step: (step: number, of: number) => string;
}

export const WORDS: Record<"ko" | "en", Words> = {
  ko: {
    skip: "건너뛰기",
    next: "다음",
    submit: "추천 보기",
    picked: (count, most) => `${most}개 중 ${count}개 선택`,
    full: (most) => `${most}개까지 고를 수 있어요`,
    step: (step, of) => `질문 ${of}개 중 ${step}번째`,
  },
  en: {
    skip: "Skip",
    next: "Next",
    submit: "Show my picks",
    picked: (count, most) => `${count} of ${most} picked`,
    full: (most) => `Up to ${most} can be picked`,
    step: (step, of) => `Question ${step} of ${of}`,
  },
};
